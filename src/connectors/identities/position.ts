/** Where an export of identities stands, as the text that its caller keeps. Nobody else reads it. */
import type { LinkPlace } from './identity-reader.ts';

export type ExportPosition =
  /** Of a full set: after this key. The next incremental set begins with `cookie`. */
  | Readonly<{ kind: 'identities'; cookie: number; after: string | null }>
  /** Of a full set, behind all identities. */
  | Readonly<{ kind: 'links'; cookie: number; link: string; after: LinkPlace | null }>
  /** Of an incremental set, which ends with the change `upTo`. */
  | Readonly<{ kind: 'changes'; after: number; upTo: number }>;

export function writeExportPosition(position: ExportPosition): string {
  return JSON.stringify(position);
}

/** The position that a text is; undefined when it is none of this version. */
export function readExportPosition(text: string): ExportPosition | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null ? positionOf(value as Json) : undefined;
}

type Json = Readonly<Record<string, unknown>>;

function positionOf({ kind, cookie, after, link, upTo }: Json): ExportPosition | undefined {
  if (kind === 'changes') return isNumber(after) && isNumber(upTo) ? { kind, after, upTo } : undefined;
  if (!isNumber(cookie)) return undefined;
  if (kind === 'identities') {
    return after === null || typeof after === 'string' ? { kind, cookie, after } : undefined;
  }
  if (kind !== 'links' || typeof link !== 'string') return undefined;
  if (after === null) return { kind, cookie, link, after };
  const { source, target } = (typeof after === 'object' ? after : {}) as Json;
  if (typeof source !== 'string' || typeof target !== 'string') return undefined;
  return { kind, cookie, link, after: { source, target } };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
