/** Resources of the directory as answers, and as cells of a CSV file. */
import type { z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { nameOf } from '../../model/search-words.ts';
import type { LinkCursor, LinkPage } from '../../store/directory-links.ts';
import {
  type ChangeMoment,
  type KnownResource,
  readAttributeAges,
  readMoments,
  readRelations,
  readTags,
} from '../../store/directory-resources.ts';
import type { DirectoryScope } from '../../store/directory-scopes.ts';
import type { FoundResource } from '../../store/directory-search.ts';
import type { HistoryEntry } from '../../store/resource-history.ts';
import type {
  directoryResourceSchema,
  historyEntrySchema,
  linkPageSchema,
  Moment,
  resourceDetailsSchema,
} from '../schemas/directory.ts';
import { text, textOrNull } from './route-parts.ts';

export type Found = FoundResource & Readonly<{ scope: DirectoryScope }>;
type Rendered = z.input<typeof directoryResourceSchema>;

export function renderFound({ scope, key, name, attributes, tags, deletedAt }: Found): Rendered {
  const { connection, type } = scope;
  return {
    connection,
    type,
    key,
    name,
    attributes: { ...attributes },
    tags: [...tags],
    deletedAt: textOrNull(deletedAt),
  };
}

const cellAttributes = [
  'userPrincipalName',
  'mail',
  'jobTitle',
  'department',
  'employeeId',
  'accountEnabled',
  'appId',
];

export const csvColumns = [
  'Name',
  'Type',
  'Connection',
  'Id',
  ...cellAttributes,
  'Tags',
  'Deleted at',
] as const;

export function cellsOf({
  name,
  type,
  connection,
  key,
  attributes,
  tags,
  deletedAt,
}: Rendered): readonly string[] {
  const values = cellAttributes.map((attribute) => cellOf(attributes[attribute]));
  return [name, type, connection, key, ...values, tags.map((tag) => tag.name).join(', '), deletedAt ?? ''];
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export async function renderDetails(
  sql: Sql,
  resource: KnownResource,
): Promise<z.input<typeof resourceDetailsSchema>> {
  const { connection, source, type, key, attributes, firstChange, deletedChange } = resource;
  const numbers = [firstChange, deletedChange].filter((number) => number !== null);
  const [ages, relations, tags, moments] = await Promise.all([
    readAttributeAges(sql, resource),
    readRelations(sql, resource),
    readTags(sql, resource),
    readMoments(sql, numbers),
  ]);
  const momentOf = (number: number | null) => renderMoment(number === null ? undefined : moments.get(number));
  const names = Object.keys(attributes).sort((one, other) => one.localeCompare(other, 'en'));
  return {
    connection,
    source,
    type,
    key,
    name: nameOf(key, attributes),
    attributes: names.map((name) => ({
      name,
      value: attributes[name],
      since: renderMoment(ages.changed[name] ?? ages.others ?? undefined),
      isSinceFirstSight: ages.changed[name] === undefined && ages.others !== null,
    })),
    relations: [...relations],
    tags: [...tags],
    firstSeen: momentOf(firstChange),
    deleted: momentOf(deletedChange),
  };
}

export function renderMoment(moment: ChangeMoment | undefined): Moment | null {
  return moment ? renderWhen(moment) : null;
}

export function renderLinks(
  { items, next, ...totals }: LinkPage,
  write: (cursor: LinkCursor) => string,
): z.input<typeof linkPageSchema> {
  const rendered = items.map((item) => ({
    ...item,
    attributes: { ...item.attributes },
    tags: [...item.tags],
    path: [...item.path],
  }));
  return { items: rendered, next: next && write(next), ...totals };
}

function renderWhen({ at, runId, jobRunId, runKind, label }: ChangeMoment): Moment {
  const isWritten = runKind === 'reconcile' || runKind === 'edit';
  const writer = isWritten && label !== null ? { kind: runKind, label } : null;
  return { at: text(at), runId, jobRunId, writer };
}

export function renderHistory(entry: HistoryEntry): z.input<typeof historyEntrySchema> {
  const { changeNumber, what, kind } = entry;
  const common = { changeNumber, ...renderWhen(entry), kind };
  if (entry.what === 'resource') return { ...common, what, attributes: [...entry.attributes], link: null };
  const { association, direction, other } = entry;
  return { ...common, what, attributes: [], link: { association, direction, ...other } };
}
