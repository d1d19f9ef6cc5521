/** Account links: which source resource a target object belongs to. Here they are read, and made and removed by people. */
import type { ISql, Sql, TransactionSql } from 'postgres';

/** A mapping whose account links are meant: the one that keeps them, and whether it leads the other way round. */
export type LinkOwner = Readonly<{ mappingId: number; name: string; isSwapped: boolean }>;

export type AccountLink = Readonly<{
  linkNumber: number;
  qualifier: string;
  sourceKey: string;
  targetKey: string;
  /** What they were matched on; null where the target was made, or where a person linked them. */
  matchedOn: Readonly<{ rule: number; attributes: Readonly<Record<string, string>> }> | null;
  /** The run that linked them; null where a person did. */
  reconciliationId: number | null;
  linkedAt: Date;
  linkedBy: string | null;
}>;

export type NewLink = Readonly<{
  qualifier: string;
  sourceKey: string;
  targetKey: string;
  linkedBy: string;
  /** Also where source or target are linked already: those links are removed. */
  isMoving: boolean;
}>;

export type LinkOutcome =
  | Readonly<{ kind: 'linked'; link: AccountLink }>
  /** These are in the way. */
  | Readonly<{ kind: 'taken'; links: readonly AccountLink[] }>;

/**
 * The mapping whose account links a mapping uses: itself, or the one that `linksOf` names, whose links are those of a swapped pair
 * where its sides are. Undefined where there is no such mapping (any more).
 */
export async function findLinkOwner(sql: ISql, mapping: string): Promise<LinkOwner | undefined> {
  const [owner] = await sql<LinkOwner[]>`
    select owner.mapping_id, owner.name,
      owner.mapping_id <> mapping.mapping_id
        and lower(owner.definition->'source'->>'connection') = lower(mapping.definition->'target'->>'connection')
        and owner.definition->'source'->>'type' = mapping.definition->'target'->>'type' as is_swapped
    from mapping join mapping as owner on lower(owner.name) = lower(coalesce(mapping.definition->>'linksOf', mapping.name))
    where lower(mapping.name) = lower(${mapping})`;
  return owner;
}

/**
 * Keeps others from changing the account links of a mapping until the transaction ends. Whoever makes, moves or removes some calls
 * this first.
 */
export async function lockLinks(sql: TransactionSql, mappingId: number): Promise<void> {
  await sql`select from mapping where mapping_id = ${mappingId} for no key update`;
}

/** The number of the last account link of all mappings. */
export async function readLastLink(sql: ISql): Promise<number> {
  const [row] = await sql<
    { last: number }[]
  >`select coalesce(max(link_number), 0)::float8 as last from account_link`;
  return row?.last ?? 0;
}

/** Links from a number on, in their order, some at a time; those with a key that is, or begins with, `q`. */
export async function readLinks(
  sql: ISql,
  owner: LinkOwner,
  { q, after = 0, limit }: Readonly<{ q?: string; after?: number; limit: number }>,
): Promise<AccountLink[]> {
  return await sql<AccountLink[]>`
    select ${columns(sql, owner)} from account_link
    where mapping_id = ${owner.mappingId} and link_number > ${after}
      and ${q === undefined ? sql`true` : sql`(starts_with(source_key, ${q}) or starts_with(target_key, ${q}))`}
    order by link_number limit ${limit}`;
}

/** The links of a source resource, or of a target object, by qualifier. */
export async function readLinksOf(
  sql: ISql,
  owner: LinkOwner,
  { sourceKey, targetKey }: Readonly<{ sourceKey?: string; targetKey?: string }>,
): Promise<AccountLink[]> {
  const [near, far] = owner.isSwapped ? [targetKey, sourceKey] : [sourceKey, targetKey];
  return await sql<AccountLink[]>`
    select ${columns(sql, owner)} from account_link
    where mapping_id = ${owner.mappingId} and (source_key = ${near ?? null} or target_key = ${far ?? null})
    order by qualifier, link_number`;
}

/** Links a source resource and a target object by the hand of a person. Call `lockLinks` first; that both are there is the caller's. */
export async function linkByHand(
  sql: TransactionSql,
  owner: LinkOwner,
  { qualifier, sourceKey, targetKey, linkedBy, isMoving }: NewLink,
): Promise<LinkOutcome> {
  const [first, second] = owner.isSwapped ? [targetKey, sourceKey] : [sourceKey, targetKey];
  const links = await sql<AccountLink[]>`
    select ${columns(sql, owner)} from account_link
    where mapping_id = ${owner.mappingId} and qualifier = ${qualifier}
      and (source_key = ${first} or target_key = ${second}) for update`;
  const same = links.find((link) => link.sourceKey === sourceKey && link.targetKey === targetKey);
  if (same) return { kind: 'linked', link: same };
  if (links.length > 0 && !isMoving) return { kind: 'taken', links };
  await sql`
    delete from account_link where link_number = any(${links.map(({ linkNumber }) => String(linkNumber))}::text[]::bigint[])`;
  const [link] = await sql<AccountLink[]>`
    insert into account_link (mapping_id, qualifier, source_key, target_key, linked_by)
    values (${owner.mappingId}, ${qualifier}, ${first}, ${second}, ${linkedBy}) returning ${columns(sql, owner)}`;
  if (!link) throw new Error('A link was made and cannot be found.');
  return { kind: 'linked', link };
}

/** Removes a link; both of what it linked stay. Call `lockLinks` first. Gives what it was, or undefined. */
export async function unlinkByHand(
  sql: TransactionSql,
  owner: LinkOwner,
  linkNumber: number,
): Promise<AccountLink | undefined> {
  const [link] = await sql<AccountLink[]>`
    delete from account_link where mapping_id = ${owner.mappingId} and link_number = ${linkNumber}
    returning ${columns(sql, owner)}`;
  return link;
}

/** Account links with the sides as the mapping has them that uses them. */
function columns(sql: ISql | Sql, { isSwapped }: LinkOwner) {
  const [source, target] = isSwapped ? ['target_key', 'source_key'] : ['source_key', 'target_key'];
  return sql`link_number::float8 as link_number, qualifier, ${sql(source)} as source_key, ${sql(target)} as target_key,
    matched_on, reconciliation_id, linked_at, linked_by`;
}
