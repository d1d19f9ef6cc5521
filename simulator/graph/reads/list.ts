// Lists: pages of objects from a set, a relationship or the deleted items, with stable places and rendered pages kept.
import { randomUUID } from 'node:crypto';
import type { HttpReply, KeptBytes } from '../../http.ts';
import { type DirectoryObject, isLive } from '../../tenant/directory-object.ts';
import { type GraphRequest, wantsEventual } from '../exchange.ts';
import { badRequest, refusedRequest } from '../graph-error.ts';
import { jsonContentType } from '../json-reply.ts';
import { linkTo } from '../paging/link.ts';
import { createPageCache, type PageCache, type RenderedPage, readAhead } from '../paging/page-cache.ts';
import { askedLink, expiredPageToken, faultPage } from '../paging/page-faults.ts';
import type { ListToken, TokenSeal } from '../paging/page-token.ts';
import { openPageWriter } from '../paging/page-writer.ts';
import { propertyValue } from '../property-value.ts';
import { selectionSuffix } from '../rendering/single.ts';
import { createTypedWriters, unreadableTypes } from '../rendering/typed-writers.ts';
import { type ListQuery, type ListShape, readListQuery, requireSameConsistency } from './list-query.ts';
import { orderedObjects, seekAfter } from './ordered-objects.ts';

export interface ListSource extends ListShape {
  /** Path below the version root in its canonical form; part of what a token is bound to. */
  readonly path: string;
  /** In `@odata.context`, before the selected names. */
  readonly context: string;
  /** Whether items say their type. */
  readonly withType: boolean;
  readonly places: readonly (DirectoryObject | undefined)[];
  /** Last transaction that changed anything between two places; undefined where that is not known. */
  readonly lastChange: (from: number, until: number) => number | undefined;
  /** Shown at all; live objects unless said otherwise. */
  readonly includes?: (object: DirectoryObject) => boolean;
  /** Items as links instead of objects. */
  readonly asReferences?: boolean;
}

export interface ListReader {
  page(request: GraphRequest, source: ListSource): HttpReply;
  /** `…/$count`: the number alone, as text. */
  count(request: GraphRequest, source: ListSource): HttpReply;
}

export function createListReader(seal: TokenSeal): ListReader {
  const cache = createPageCache<ListPage>();
  return {
    page(request, source) {
      const token = readToken(request, source, seal);
      const options = token ? new Map(Object.entries(token.options)) : request.options;
      const isEventual = token ? token.isEventual : wantsEventual(request);
      const query = readListQuery(request, source, options, isEventual);
      const start = { place: token?.place ?? 0, ...(token?.after ? { after: token.after } : {}) };
      const page = query.order
        ? orderedPage(request, source, query, query.order, start)
        : plainPage(request, source, query, start.place, cache);
      const { isEmpty, next, isLoop, isRepeat } = faultPage<ListPosition>(request.effects.page, {
        first: { place: 0 },
        current: start,
        next: page.next,
      });
      const head = [`"@odata.context":${quote(contextOf(request, source, query))}`];
      if (query.wantsCount && !token) head.push(`"@odata.count":${countMatches(source, query)}`);
      if (next) {
        const link = isLoop
          ? askedLink(request)
          : linkTo(request, query.options, '$skiptoken', seal.seal(listToken(source, query, next, isRepeat)));
        head.push(`"@odata.nextLink":${quote(link)}`);
      }
      return {
        status: 200,
        headers: { 'Content-Type': jsonContentType },
        body: [`{${head.join(',')},"value":[`, isEmpty ? '' : page.items, ']}'],
      };
    },

    count(request, source) {
      if (!wantsEventual(request)) throw refusedRequest('$count is not currently supported.');
      const options = new Map([...request.options, ['count', 'true']]);
      const query = readListQuery(request, source, options, true);
      return {
        status: 200,
        headers: { 'Content-Type': 'text/plain' },
        body: [String(countMatches(source, query))],
      };
    },
  };
}

interface ListPage extends RenderedPage {
  /** Where the next page starts; undefined on the last one. */
  readonly next: number | undefined;
  /** Places that were looked at. */
  readonly from: number;
  readonly until: number;
}

/** Where a page starts: a place, or behind the last key and id of an ordered list. */
interface ListPosition {
  readonly place: number;
  readonly after?: readonly [key: string, id: string];
}

interface PageResult {
  readonly items: KeptBytes;
  readonly next: ListPosition | undefined;
}

function plainPage(
  request: GraphRequest,
  source: ListSource,
  query: ListQuery,
  place: number,
  cache: PageCache<ListPage>,
  isRequested = true,
): PageResult {
  const key = [
    request.version,
    source.path,
    source.asReferences ? `refs ${request.root}` : '',
    unreadableTypes(request, source.types),
    place,
    JSON.stringify(query.options),
  ].join('\n');
  const isCacheable = !query.expansion && !usesKeys(query, source);
  const known = isCacheable ? cache.get(key) : undefined;
  let page = known && isStillTrue(known, source) ? known : undefined;
  if (!page) {
    page = renderPage(request, source, query, place);
    if (isCacheable && source.lastChange(page.from, page.until) !== undefined) cache.set(key, page);
  }
  const { next } = page;
  if (isRequested && isCacheable && next !== undefined) {
    readAhead(page, () => plainPage(request, source, query, next, cache, false));
  }
  return { items: page.items, next: next === undefined ? undefined : { place: next } };
}

/** A lookup by key finds live objects of a whole set; narrower lists have to be searched. */
function usesKeys(query: ListQuery, source: ListSource): boolean {
  return query.candidates !== undefined && !source.isRelationship && !source.includes;
}

function isStillTrue(page: ListPage, source: ListSource): boolean {
  if (page.next === undefined && page.until < source.places.length) return false;
  const changed = source.lastChange(page.from, page.until);
  return changed !== undefined && changed <= page.renderedTx;
}

function renderPage(request: GraphRequest, source: ListSource, query: ListQuery, place: number): ListPage {
  const write = createItemWriter(request, source, query);
  const isShown = shownBy(source, query);
  const places = (usesKeys(query, source) && query.candidates) || source.places;
  const top = query.top ?? Number.POSITIVE_INFINITY;
  const page = openPageWriter();
  let index = place;
  for (; index < places.length && page.count < top; index++) {
    const object = places[index];
    if (!object || !isShown(object)) continue;
    page.add(write(object));
  }
  const isLast =
    !places.slice(index, index + lookAhead).some((object) => object !== undefined) &&
    index + lookAhead >= places.length;
  return {
    items: page.finish(),
    next: isLast ? undefined : index,
    from: place,
    until: index,
    renderedTx: request.directory.tx,
    hasReadAhead: false,
  };
}

/** How far beyond a full page one looks for another object, so that a list of exactly one page has no next link. */
const lookAhead = 64;

function orderedPage(
  request: GraphRequest,
  source: ListSource,
  query: ListQuery,
  order: { readonly property: string; readonly isDescending: boolean },
  start: ListPosition,
): PageResult {
  const objects = orderedObjects(request.directory, source, order);
  const write = createItemWriter(request, source, query);
  const isShown = shownBy(source, query);
  const top = query.top ?? Number.POSITIVE_INFINITY;
  let index = start.after ? seekAfter(objects, order, start.after) : 0;
  const page = openPageWriter();
  let last: DirectoryObject | undefined;
  for (; index < objects.length && page.count < top; index++) {
    const object = objects[index];
    if (!object || !isShown(object)) continue;
    page.add(write(object));
    last = object;
  }
  const after = last && ([String(propertyValue(last, order.property) ?? ''), last.id] as const);
  return {
    items: page.finish(),
    next: index < objects.length && after ? { place: 0, after } : undefined,
  };
}

function createItemWriter(
  request: GraphRequest,
  source: ListSource,
  query: ListQuery,
): (object: DirectoryObject) => string {
  if (source.asReferences) {
    return (object) => `{"@odata.id":${quote(`${request.root}/directoryObjects/${object.id}`)}}`;
  }
  const write = createTypedWriters(query.selection, request, {
    withType: source.withType,
    hidesUnreadable: source.isRelationship,
  });
  const { expansion } = query;
  if (!expansion) return write;
  return (object) => {
    const members = [write(object).slice(1, -1), expansion.render(object)].filter((part) => part !== '');
    return `{${members.join(',')}}`;
  };
}

function shownBy(source: ListSource, query: ListQuery): (object: DirectoryObject) => boolean {
  const includes = source.includes ?? isLive;
  return (object) => includes(object) && query.accepts.every((test) => test(object));
}

function countMatches(source: ListSource, query: ListQuery): number {
  const isShown = shownBy(source, query);
  let count = 0;
  for (const object of source.places) if (object && isShown(object)) count++;
  return count;
}

function listToken(
  source: ListSource,
  query: ListQuery,
  position: ListPosition,
  isRepeat: boolean,
): ListToken {
  return {
    kind: 'list',
    path: source.path,
    options: query.options,
    isEventual: query.isEventual,
    ...position,
    ...(isRepeat ? { nonce: randomUUID() } : {}),
  };
}

function readToken(request: GraphRequest, source: ListSource, seal: TokenSeal): ListToken | undefined {
  const text = request.options.get('skiptoken');
  if (text === undefined) return undefined;
  const token = seal.open(text);
  if (token?.kind !== 'list' || token.path !== source.path) throw badRequest('Badly formed token.');
  if (request.effects.pageToken === 'expired') throw expiredPageToken();
  requireSameConsistency(request, token.isEventual);
  return token;
}

function contextOf(request: GraphRequest, source: ListSource, query: ListQuery): string {
  if (source.asReferences) return `${request.root}/$metadata#Collection($ref)`;
  return `${request.root}/$metadata#${source.context}${selectionSuffix(query.selection)}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
