/**
 * The identities directory as a system to export from: everything in the order of keys, or what the log of changes tells since a
 * cookie, which is a number in that log.
 */
import { Fault } from '../../errors.ts';
import type { EntityType } from '../../model/entity-type.ts';
import { identitiesSource } from '../../model/identity-schema.ts';
import type { Item } from '../../model/item.ts';
import { hint } from '../../model/nearest-name.ts';
import type { ObjectSchema } from '../../model/object-schema.ts';
import type { Connector, ExportEvent, ExportRequest } from '../connector.ts';
import type { IdentityReader, ReadChange, ReadLink } from './identity-reader.ts';
import { type ExportPosition, readExportPosition, writeExportPosition } from './position.ts';

/** How many identities, links or changes make a page. */
const usualPageSize = 1000;

export function openIdentitiesConnector(
  reader: IdentityReader,
  schemas: readonly ObjectSchema[],
  pageSize = usualPageSize,
): Connector {
  return {
    source: identitiesSource,
    checkMapping: (entityTypes) => entityTypes.flatMap((type) => checkEntityType(type, schemas)),
    exportEntityType: (request) => exportEvents({ reader, pageSize, ...request }),
    close: async () => {},
  };
}

function checkEntityType(
  { name, attributes, links }: EntityType,
  schemas: readonly ObjectSchema[],
): string[] {
  const schema = schemas.find((one) => one.name === name);
  if (schema === undefined) {
    const names = schemas.map((one) => one.name);
    return [
      `Entity type '${name}' is none of the identities directory${hint(name, names)}: use ${names.join(' or ')}.`,
    ];
  }
  const find = (what: string, wanted: readonly string[], known: readonly string[]) =>
    wanted
      .filter((one) => !known.includes(one))
      .map((one) => `${what} '${one}' of entity type ${name} is not there${hint(one, known)}: leave it out.`);
  return [
    ...find(
      'Attribute',
      attributes,
      schema.attributes.map((one) => one.name),
    ),
    ...find(
      'Link',
      links,
      schema.links.map((one) => one.name),
    ),
  ];
}

type Reading = ExportRequest & Readonly<{ reader: IdentityReader; pageSize: number }>;

async function* exportEvents(reading: Reading): AsyncGenerator<ExportEvent> {
  const { start, reader } = reading;
  const now = await reader.readPosition();
  if (start.kind === 'full') {
    yield* exportFrom(reading, { kind: 'identities', cookie: now, after: null });
    return;
  }
  const position =
    start.kind === 'resume'
      ? readExportPosition(start.position)
      : readExportPosition(writeExportPosition({ kind: 'changes', after: Number(start.cookie), upTo: now }));
  if (position === undefined) {
    yield { kind: 'resync', reason: 'The stored position is none of the identities directory' };
  } else if (cookieOf(position) > now || (position.kind === 'changes' && position.after > now)) {
    yield {
      kind: 'resync',
      reason: 'The log of changes does not go so far: it is the log of another database',
    };
  } else yield* exportFrom(reading, position);
}

function cookieOf(position: ExportPosition): number {
  return position.kind === 'changes' ? position.upTo : position.cookie;
}

/** Page after page from a position on. */
async function* exportFrom(reading: Reading, start: ExportPosition): AsyncGenerator<ExportEvent> {
  let position: ExportPosition | undefined = start;
  while (position !== undefined) {
    reading.signal.throwIfAborted();
    const page: Page = await pageReaders[position.kind](reading, position as never);
    const { items, next } = page;
    if (next === undefined) {
      const cookie = String(cookieOf(position));
      const isFull = position.kind !== 'changes';
      const expected = isFull ? { expected: await reading.reader.count(reading.entityType.name) } : {};
      yield { kind: 'last', items, cookie, ...expected };
    } else yield { kind: 'page', items, position: writeExportPosition(next) };
    position = next;
  }
}

/** What a position brings, and the position after it; undefined where that was the last. */
type Page = Readonly<{ items: readonly Item[]; next: ExportPosition | undefined }>;
type PositionOf<Kind extends ExportPosition['kind']> = Extract<ExportPosition, { kind: Kind }>;

const pageReaders: {
  readonly [Kind in ExportPosition['kind']]: (reading: Reading, position: PositionOf<Kind>) => Promise<Page>;
} = {
  identities: readIdentityPage,
  links: readLinkPage,
  changes: readChangePage,
};

async function readIdentityPage(
  { reader, entityType, pageSize }: Reading,
  { cookie, after }: PositionOf<'identities'>,
): Promise<Page> {
  const rows = await reader.readIdentities(entityType.name, after, pageSize);
  const items = rows.map(({ key, attributes }): Item => ({ key, attributes: pick(entityType, attributes) }));
  const last = rows.length < pageSize ? undefined : rows.at(-1);
  if (last) return { items, next: { kind: 'identities', cookie, after: last.key } };
  return { items, next: linksFrom(entityType, cookie, 0) };
}

function linksFrom({ links }: EntityType, cookie: number, place: number): ExportPosition | undefined {
  const link = links[place];
  return link === undefined ? undefined : { kind: 'links', cookie, link, after: null };
}

async function readLinkPage(
  { reader, entityType, pageSize }: Reading,
  { cookie, link, after }: PositionOf<'links'>,
): Promise<Page> {
  const place = entityType.links.indexOf(link);
  if (place < 0)
    throw new Fault('mapping-refused', `Link ${link} of ${entityType.name} is not mapped any more.`);
  const rows = await reader.readLinks(entityType.name, link, after, pageSize);
  const items = linkedItems(link, rows);
  const last = rows.length < pageSize ? undefined : rows.at(-1);
  if (last) {
    const { source, target } = last;
    return { items, next: { kind: 'links', cookie, link, after: { source, target } } };
  }
  return { items, next: linksFrom(entityType, cookie, place + 1) };
}

/** Links as items, an item for each source. */
function linkedItems(link: string, rows: readonly ReadLink[]): readonly Item[] {
  const bySource = Map.groupBy(rows, ({ source }) => source);
  return [...bySource].map(([key, own]) => ({ key, linked: { [link]: keysByType(own) } }));
}

function keysByType(rows: readonly Readonly<{ target: string; targetType: string }>[]) {
  const byType = Map.groupBy(rows, ({ targetType }) => targetType);
  return Object.fromEntries([...byType].map(([type, own]) => [type, own.map(({ target }) => target)]));
}

async function readChangePage(
  { reader, entityType, pageSize }: Reading,
  { after, upTo }: PositionOf<'changes'>,
): Promise<Page> {
  const rows = await reader.readChanges(entityType.name, after, upTo, pageSize);
  const items = [...Map.groupBy(rows, ({ key }) => key)].map(([key, own]) =>
    changedItem(entityType, key, own),
  );
  const last = rows.length < pageSize ? undefined : rows.at(-1);
  return { items, next: last && { kind: 'changes', after: last.changeNumber, upTo } };
}

/** An identity as it is now, with the links that came or went. */
function changedItem(entityType: EntityType, key: string, rows: readonly ReadChange[]): Item {
  const attributes = rows.at(-1)?.attributes ?? null;
  if (attributes === null) return { key, removed: 'forever' };
  const none = Object.fromEntries(entityType.attributes.map((name) => [name, null]));
  const links = rows.flatMap(({ link }) =>
    link !== null && entityType.links.includes(link.name) ? [link] : [],
  );
  const come = links.flatMap(({ targetType, ...link }) =>
    targetType === null ? [] : [{ ...link, targetType }],
  );
  const gone = links.filter(({ targetType }) => targetType === null);
  const byName = <Row extends { name: string }, Told>(
    list: readonly Row[],
    tell: (own: readonly Row[]) => Told,
  ) => Object.fromEntries([...Map.groupBy(list, ({ name }) => name)].map(([name, own]) => [name, tell(own)]));
  return {
    key,
    attributes: { ...none, ...pick(entityType, attributes) },
    ...(come.length > 0 && { linked: byName(come, keysByType) }),
    ...(gone.length > 0 && { unlinked: byName(gone, (own) => own.map(({ target }) => target)) }),
  };
}

/** The mapped attributes that have a value. */
function pick({ attributes: names }: EntityType, attributes: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(names.flatMap((name) => (name in attributes ? [[name, attributes[name]]] : [])));
}
