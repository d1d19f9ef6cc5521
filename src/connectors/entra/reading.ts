/** What the requests of one export share: whom they ask, what about, and what Graph's refusals mean to it. */
import { Fault } from '../../errors.ts';
import type { EntityType } from '../../model/entity-type.ts';
import type { Item } from '../../model/item.ts';
import type { ExportWait } from '../connector.ts';
import type { CatalogType } from './catalog.ts';
import type { GraphAnswer, GraphClient } from './graph-client.ts';

/** One entity type being read. */
export type Reading = Readonly<{
  client: GraphClient;
  entityType: EntityType;
  type: CatalogType;
  /** Makes an item of an object on a page of the type. */
  toItem: (object: Readonly<Record<string, unknown>>) => Item;
  signal: AbortSignal;
  onWait: (wait: ExportWait) => void;
}>;

export type GraphRefusal = Extract<GraphAnswer, { kind: 'refusal' }>;

/** What a request costs in resource units, and whether it is an advanced query. */
export type RequestKind = Readonly<{ cost: number; isAdvanced?: boolean }>;

export function ask(reading: Reading, target: string, kind: RequestKind): Promise<GraphAnswer> {
  const { client, signal, onWait } = reading;
  return client.get(target, { ...kind, signal, onWait });
}

/** `$select` with the mapped attributes; delta queries name the links there as well. */
export function selectOf({ entityType }: Reading, links: readonly string[] = []): string {
  return `$select=${[...new Set(['id', ...entityType.attributes, ...links])].join(',')}`;
}

/** How many objects the type has as Graph counts them; undefined where it does not. */
export async function countObjects(reading: Reading): Promise<number | undefined> {
  return reading.type.isCounted ? countAt(reading, reading.type.path) : undefined;
}

/** Tells the client how many users the tenant has, as far as that can be known: the quota depends on it. */
export async function learnTenantSize(reading: Reading): Promise<void> {
  const users = await countAt(reading, '/users');
  if (users !== undefined) reading.client.learnTenantSize(users);
}

async function countAt(reading: Reading, path: string): Promise<number | undefined> {
  const answer = await ask(reading, `${path}/$count`, { cost: 1, isAdvanced: true });
  if (answer.kind === 'refusal') return undefined;
  const count = Number(String(answer.body).replace(/^\uFEFF/, ''));
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** Codes with which Graph says that a link that it once gave leads nowhere any more. */
const expiredCodes: ReadonlySet<string> = new Set([
  'syncstatenotfound',
  'resyncrequired',
  'resyncapplydifferences',
  'resyncuploaddifferences',
  'directory_expiredpagetoken',
  'directorypagetokennotfoundexception',
]);

/** Whether the refusal says that the link that was asked has expired. */
export function isExpiry({ status, code }: GraphRefusal): boolean {
  return status === 410 || expiredCodes.has(code.toLowerCase());
}

/** Why a link cannot be used any more, in words. */
export function expiryReason(refusal: GraphRefusal, link: 'delta link' | 'page link'): string {
  const verb = isExpiry(refusal) ? 'does not know' : 'refuses';
  return `Graph ${verb} the ${link}${isExpiry(refusal) ? ' any more' : ''} (${signOf(refusal)})`;
}

/** The fault that a refusal is when there is no way around it. */
export function faultOf(
  refusal: GraphRefusal,
  { type, entityType }: Pick<Reading, 'type' | 'entityType'>,
): Fault {
  const { status, message } = refusal;
  if (status === 403) {
    const covers =
      type.permission === 'Directory.Read.All' ? '' : ' (or Directory.Read.All, which covers all)';
    return new Fault(
      'permission-missing',
      `Graph does not let the application read entity type ${type.name} (${signOf(refusal)}): grant it the application permission ${type.permission}${covers} and give admin consent.`,
    );
  }
  const property = /\bproperty (?:named )?'([^']+)'/i.exec(message)?.[1];
  if (property !== undefined && entityType.attributes.includes(property)) {
    return new Fault(
      'mapping-refused',
      `Graph refuses attribute ${property} of entity type ${type.name} (${signOf(refusal)}): take it out of the mapping, or correct its name.`,
    );
  }
  const said = message === '' ? '' : `: ${message}`;
  return new Fault('source-failed', `Graph does not let ${type.plural} be read (${signOf(refusal)})${said}`);
}

function signOf({ status, code }: GraphRefusal): string {
  return status === 410 ? '410 Gone' : [status, code].join(' ').trim();
}
