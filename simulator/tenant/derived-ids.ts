// Identifiers that Entra ID derives from object ids: security identifiers and the composite ids of assignments and grants.
import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

/** The 16 bytes of a GUID in Microsoft's order: the first three groups little-endian (.NET `Guid.ToByteArray`). */
export function guidToBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** Security identifier of a cloud object: `S-1-12-1-` and the four little-endian words of its id. */
export function securityIdentifierOf(id: string): string {
  const first = wordAt(id, 0);
  const second = ((halfWordAt(id, 14) << 16) | halfWordAt(id, 9)) >>> 0;
  const third = swapBytes((halfWordAt(id, 19) << 16) | halfWordAt(id, 24));
  const fourth = swapBytes(wordAt(id, 28));
  return ['S-1-12-1', first, second, third, fourth].join('-');
}

/** 43 characters: the principal's bytes and 16 random ones, base64url. */
export function createAppRoleAssignmentId(principalId: string, random: Random): string {
  return Buffer.concat([guidToBytes(principalId), random.bytes(16)]).toString('base64url');
}

/** 64 characters for one principal, 43 for a grant to all principals (`principalId` null). */
export function permissionGrantId(clientId: string, resourceId: string, principalId: string | null): string {
  const parts = principalId === null ? [clientId, resourceId] : [clientId, resourceId, principalId];
  return Buffer.concat(parts.map(guidToBytes)).toString('base64url');
}

/** A GUID that belongs to a name for ever; for well-known things that have no published id. */
export function guidOfName(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function wordAt(hex: string, at: number): number {
  return ((halfWordAt(hex, at) << 16) | halfWordAt(hex, at + 4)) >>> 0;
}

/** Four hexadecimal digits in lower case; a million ids are read while a tenant is generated. */
function halfWordAt(hex: string, at: number): number {
  let value = 0;
  for (let place = at; place < at + 4; place++) {
    const code = hex.charCodeAt(place);
    value = (value << 4) | (code < 0x40 ? code - 0x30 : code - 0x57);
  }
  return value;
}

function swapBytes(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
