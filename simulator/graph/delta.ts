// Delta queries: a full round over what exists, then rounds of changes, each a chain of pages that ends in a delta link.
// Source: Microsoft Graph "Use delta query to track changes", and the delta page of each resource.
import type { HttpReply } from '../http.ts';
import {
  type DirectoryObject,
  isLive,
  type LinkKind,
  type ObjectType,
  targetsOf,
} from '../tenant/directory-object.ts';
import { type ObjectChange, summarize } from './delta-changes.ts';
import { type DeltaScope, readScope } from './delta-scope.ts';
import { type GraphRequest, jsonContentType } from './exchange.ts';
import { badRequest, GraphError } from './graph-error.ts';
import { linkName, linkValue } from './list.ts';
import { createPageCache, type RenderedPage } from './page-cache.ts';
import type { DeltaPosition, DeltaToken, TokenSeal } from './page-token.ts';
import { odataType } from './property-value.ts';
import { createWriter, type Writer } from './render.ts';
import type { ResourceSet } from './resource-sets.ts';

/** Objects on a page, and member references on a page: a big group is continued on the next one. */
const objectsPerPage = 200;
const linksPerPage = 500;
/** How long a delta token of a directory object is good. */
const tokenLifeMs = 7 * 86_400_000;

export interface DeltaReader {
  /** `set` is undefined for the stream of all directory objects. */
  page(request: GraphRequest, set: ResourceSet | undefined): HttpReply;
}

interface DeltaPage extends RenderedPage {
  readonly next: DeltaPosition | undefined;
  /** Places looked at in the list of one type; a page over several types is not kept. */
  readonly from: number;
  readonly until: number;
}

/** A round under way: what it follows and between which transactions. */
interface Round {
  readonly scope: DeltaScope;
  readonly options: Readonly<Record<string, string>>;
  readonly from: number;
  readonly to: number;
  readonly isFull: boolean;
  readonly position: DeltaPosition;
}

const start: DeltaPosition = { type: 0, place: 0 };

/** `epoch` names this life of the tenant: links of an earlier one lead to a resynchronization. */
export function createDeltaReader(seal: TokenSeal, epoch: string): DeltaReader {
  const cache = createPageCache<DeltaPage>();
  let lastSummary: { readonly from: number; readonly to: number; readonly changes: readonly ObjectChange[] };

  const changesOf = (request: GraphRequest, round: Round) => {
    if (lastSummary?.from !== round.from || lastSummary.to !== round.to) {
      const changes = summarize(request.directory.log, round.from, round.to);
      lastSummary = { from: round.from, to: round.to, changes };
    }
    return lastSummary.changes;
  };

  const fullPage = (request: GraphRequest, round: Round): DeltaPage => {
    const { scope, position } = round;
    const key = `${request.version} ${scope.context} ${JSON.stringify(round.options)} ${JSON.stringify(position)}`;
    const [type] = scope.types;
    const list = type && scope.types.length === 1 ? request.directory.list(type) : undefined;
    const known = list && cache.get(key);
    if (known && list.lastChange(known.from, known.until) <= known.renderedTx) {
      if (known.next || known.until >= list.places.length) return known;
    }
    const page = renderFullPage(request, scope, position);
    if (list) cache.set(key, page);
    return page;
  };

  return {
    page(request, set) {
      const { directory } = request;
      const path = set?.path ?? 'directoryObjects';
      const now = directory.clock.now();
      const tokenFor = (round: Pick<Round, 'options' | 'from'>, more: Partial<DeltaToken> = {}) =>
        seal.seal({ kind: 'delta', path, options: round.options, epoch, at: now, from: round.from, ...more });

      const asked = readDeltaToken(request, path, epoch, seal);
      if (asked === 'latest') {
        const options = keptOptions(request.options);
        const scope = readScope(request, set, new Map(Object.entries(options)));
        const token = tokenFor({ options, from: directory.tx });
        return reply(request, scope, '', 'deltaLink', token);
      }
      const round = openRound(request, set, asked);
      const page = round.isFull
        ? fullPage(request, round)
        : renderChangesPage(request, round, changesOf(request, round));
      return page.next
        ? reply(
            request,
            round.scope,
            page.items,
            'nextLink',
            tokenFor(round, { to: round.to, next: page.next, ...(round.isFull ? { isFull: true } : {}) }),
          )
        : reply(request, round.scope, page.items, 'deltaLink', tokenFor({ ...round, from: round.to }));
    },
  };
}

function openRound(
  request: GraphRequest,
  set: ResourceSet | undefined,
  token: DeltaToken | undefined,
): Round {
  const { tx } = request.directory;
  const isNewRound = token === undefined || token.next === undefined;
  // A $select on a delta link changes what is tracked from here on; on a next link it is only repeated.
  const select = isNewRound ? request.options.get('select') : undefined;
  const options = {
    ...(token ? token.options : keptOptions(request.options)),
    ...(select === undefined ? {} : { select }),
  };
  return {
    scope: readScope(request, set, new Map(Object.entries(options))),
    options,
    from: token?.from ?? 0,
    to: token?.to ?? tx,
    isFull: token === undefined || token.isFull === true,
    position: token?.next ?? start,
  };
}

/** Options that shape the round; everything else is not repeated in links. `$top` is ignored by delta queries. */
function keptOptions(options: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...options].filter(([name]) => !['deltatoken', 'skiptoken', 'top', 'format'].includes(name)),
  );
}

function readDeltaToken(
  request: GraphRequest,
  path: string,
  epoch: string,
  seal: TokenSeal,
): DeltaToken | 'latest' | undefined {
  const text = request.options.get('skiptoken') ?? request.options.get('deltatoken');
  if (text === undefined || text === '') return undefined;
  if (text.toLowerCase() === 'latest') return 'latest';
  const token = seal.open(text);
  if (token?.kind !== 'delta' || token.path !== path) throw badRequest('Badly formed token.');
  if (token.epoch !== epoch) throw resyncRequired(request, token.options);
  if (request.directory.clock.now() - token.at > tokenLifeMs) {
    throw new GraphError(
      400,
      'syncStateNotFound',
      'The sync state generation is not found; the delta token has expired. Perform a full synchronization.',
    );
  }
  return token;
}

/** 410 with the address of a full round that keeps the options. */
export function resyncRequired(request: GraphRequest, options: Readonly<Record<string, string>>): GraphError {
  const query = Object.entries(options).map(([name, value]) => `${linkName(name)}=${linkValue(value)}`);
  return new GraphError(410, 'resyncRequired', 'Resync required. The delta token is no longer valid.', {
    headers: { Location: `${request.root}${request.path}?${[...query, '$deltatoken='].join('&')}` },
  });
}

function reply(
  request: GraphRequest,
  scope: DeltaScope,
  items: Buffer | string,
  link: 'nextLink' | 'deltaLink',
  token: string,
): HttpReply {
  const parameter = link === 'nextLink' ? '$skiptoken' : '$deltatoken';
  const context = JSON.stringify(`${request.root}/$metadata#${scope.context}`);
  const address = JSON.stringify(`${request.root}${request.path}?${parameter}=${token}`);
  return {
    status: 200,
    headers: { 'Content-Type': jsonContentType },
    body: [`{"@odata.context":${context},"@odata.${link}":${address},"value":[`, items, ']}'],
  };
}

/** Collects items until a page is full. */
interface PageUnderWay {
  text: string;
  objects: number;
  links: number;
}

function renderFullPage(request: GraphRequest, scope: DeltaScope, from: DeltaPosition): DeltaPage {
  const page: PageUnderWay = { text: '', objects: 0, links: 0 };
  let position: DeltaPosition | undefined = from;
  let writer: Writer | undefined;
  let until = from.place;
  while (position) {
    const type: ObjectType | undefined = scope.types[position.type];
    if (!type) {
      position = undefined;
      break;
    }
    const { places } = request.directory.list(type);
    until = position.place;
    if (position.place >= places.length) {
      position = { type: position.type + 1, place: 0 };
      writer = undefined;
      continue;
    }
    if (isFull(page)) break;
    writer ??= itemWriter(scope, type);
    const object: DirectoryObject | undefined = places[position.place];
    const isShown: boolean =
      object !== undefined && isLive(object) && (scope.ids === undefined || scope.ids.has(object.id));
    position = (isShown && writeWhole(page, object!, scope, writer, position)) || nextPlace(position);
  }
  return {
    items: Buffer.from(page.text, 'utf8'),
    renderedTx: request.directory.tx,
    next: position,
    from: from.place,
    until: Math.max(until, from.place + 1),
  };
}

function renderChangesPage(request: GraphRequest, round: Round, changes: readonly ObjectChange[]): DeltaPage {
  const { scope } = round;
  const isMinimal = /\breturn=minimal\b/i.test(request.http.headers.prefer ?? '');
  const page: PageUnderWay = { text: '', objects: 0, links: 0 };
  let position = round.position;
  while (position.place < changes.length && !isFull(page)) {
    const change = changes[position.place]!;
    const isFollowed =
      scope.types.includes(change.object.type) &&
      (scope.ids === undefined || scope.ids.has(change.object.id));
    position = (isFollowed && writeChange(page, change, scope, isMinimal, position)) || nextPlace(position);
  }
  return {
    items: Buffer.from(page.text, 'utf8'),
    renderedTx: request.directory.tx,
    next: position.place < changes.length ? position : undefined,
    from: round.position.place,
    until: position.place,
  };
}

function isFull(page: PageUnderWay): boolean {
  return page.objects >= objectsPerPage || page.links >= linksPerPage;
}

function nextPlace(position: DeltaPosition): DeltaPosition {
  return { type: position.type, place: position.place + 1 };
}

function itemWriter(scope: DeltaScope, type: DirectoryObject['type']): Writer {
  return createWriter(type, {
    properties: scope.propertiesOf(type),
    withType: scope.withType,
    omitsUnset: true,
  });
}

/** Writes one change; returns where to continue within a big group, or undefined when the object is done. */
function writeChange(
  page: PageUnderWay,
  change: ObjectChange,
  scope: DeltaScope,
  isMinimal: boolean,
  position: DeltaPosition,
): DeltaPosition | undefined {
  const { object } = change;
  if (!isLive(object)) {
    if (change.isGone) writeRemoved(page, object, scope);
    return undefined;
  }
  const writer = itemWriter(scope, object.type);
  if (change.isNew) return writeWhole(page, object, scope, writer, position);
  const relations = scope.relationsOf(object.type).filter((relation) => change.links.has(relation));
  const properties = scope
    .propertiesOf(object.type)
    .filter((property) => change.properties.has(property.name));
  if (relations.length === 0 && properties.length === 0) return undefined;
  const write = isMinimal ? minimalWriter(scope, object.type, change.properties) : writer;
  return writeItem(page, write(object), relations, position, (relation) => {
    const current = targetsOf(object, relation);
    return [...(change.links.get(relation) ?? [])].map((target) => ({
      target,
      isRemoved: !current.has(target),
    }));
  });
}

/** Changed properties only; when a directory extension changed, all selected extensions of its type come along. */
function minimalWriter(
  scope: DeltaScope,
  type: DirectoryObject['type'],
  changed: ReadonlySet<string>,
): Writer {
  const tracked = scope.propertiesOf(type);
  const isExtension = (name: string) => name.startsWith('extension_');
  const extensionTypes = new Set(
    tracked.filter(({ name }) => isExtension(name) && changed.has(name)).map((property) => property.type),
  );
  const properties = tracked.filter(
    (property) =>
      property.name === 'id' ||
      changed.has(property.name) ||
      (isExtension(property.name) && extensionTypes.has(property.type)),
  );
  return createWriter(type, { properties, withType: scope.withType, omitsUnset: true });
}

function writeRemoved(page: PageUnderWay, object: DirectoryObject, scope: DeltaScope): void {
  const reason = object.deletedAt !== 0 && object.slot !== -1 ? 'changed' : 'deleted';
  const type = scope.withType ? `"@odata.type":"${odataType(object.type)}",` : '';
  append(page, `{${type}"id":${JSON.stringify(object.id)},"@removed":{"reason":"${reason}"}}`);
}

/** Writes an object with all its tracked links. */
function writeWhole(
  page: PageUnderWay,
  object: DirectoryObject,
  scope: DeltaScope,
  write: Writer,
  position: DeltaPosition,
): DeltaPosition | undefined {
  const relations = scope.relationsOf(object.type).filter((relation) => targetsOf(object, relation).size > 0);
  return writeItem(page, write(object), relations, position, (relation) => {
    const { places } = targetsOf(object, relation);
    return {
      length: places.length,
      at: (index) => {
        const target = places[index];
        return target && isLive(target) ? { target, isRemoved: false } : undefined;
      },
    };
  });
}

/** Links by index, so that continuing within a group of half a million members costs only what is shown. */
interface LinkChanges {
  readonly length: number;
  /** Undefined where there is nothing to show. */
  at(index: number): LinkChange | undefined;
}

interface LinkChange {
  readonly target: DirectoryObject;
  readonly isRemoved: boolean;
}

/**
 * Writes an item and as many of its links as the page has room for. The same scalar properties come again with the
 * next fragment. Returns where that starts.
 */
function writeItem(
  page: PageUnderWay,
  scalars: string,
  relations: readonly LinkKind[],
  position: DeltaPosition,
  linksOf: (relation: LinkKind) => LinkChanges,
): DeltaPosition | undefined {
  let members = scalars.slice(1, -1);
  for (let index = position.relation ?? 0; index < relations.length; index++) {
    const relation = relations[index]!;
    const links = linksOf(relation);
    let link = index === position.relation ? (position.link ?? 0) : 0;
    let items = '';
    for (; link < links.length && page.links < linksPerPage; link++) {
      const entry = links.at(link);
      if (!entry) continue;
      items += `${items === '' ? '' : ','}${linkItem(entry)}`;
      page.links++;
    }
    if (items !== '') members += `,"${relation}@delta":[${items}]`;
    while (link < links.length && !links.at(link)) link++;
    const isUnfinished = link < links.length;
    if (isUnfinished || (page.links >= linksPerPage && index + 1 < relations.length)) {
      append(page, `{${members}}`);
      return isUnfinished
        ? { ...position, relation: index, link }
        : { ...position, relation: index + 1, link: 0 };
    }
  }
  append(page, `{${members}}`);
  return undefined;
}

function linkItem({ target, isRemoved }: LinkChange): string {
  const removed = isRemoved ? ',"@removed":{"reason":"deleted"}' : '';
  return `{"@odata.type":"${odataType(target.type)}","id":"${target.id}"${removed}}`;
}

function append(page: PageUnderWay, item: string): void {
  page.text += page.text === '' ? item : `,${item}`;
  page.objects++;
}
