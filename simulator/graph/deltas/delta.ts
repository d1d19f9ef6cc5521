// Delta queries: a full round over what exists, then rounds of changes, each a chain of pages that ends in a delta link.
// Source: Microsoft Graph "Use delta query to track changes", and the delta page of each resource.
import { randomUUID } from 'node:crypto';
import type { BodyPart, HttpReply } from '../../http.ts';
import type { GraphRequest } from '../exchange.ts';
import { badRequest, GraphError } from '../graph-error.ts';
import { jsonContentType } from '../json-reply.ts';
import { linkTo } from '../paging/link.ts';
import { createPageCache, readAhead } from '../paging/page-cache.ts';
import { askedLink, expiredPageToken, faultPage } from '../paging/page-faults.ts';
import type { DeltaToken, TokenSeal } from '../paging/page-token.ts';
import type { ResourceSet } from '../resource-sets.ts';
import { type ObjectChange, summarize } from './delta-changes.ts';
import { type DeltaPage, type Round, renderChangesPage, renderFullPage, roundStart } from './delta-page.ts';
import { type DeltaScope, readScope } from './delta-scope.ts';

/** How long a delta token of a directory object is good. */
const tokenLifeMs = 7 * 86_400_000;

/** Rounds of changes that can be read side by side without looking through the log again for each page. */
const keptSummaries = 4;

export interface DeltaReader {
  /** `set` is undefined for the stream of all directory objects. */
  page(request: GraphRequest, set: ResourceSet | undefined): HttpReply;
}

/** `epoch` names this life of the tenant: links of an earlier one lead to a resynchronization. */
export function createDeltaReader(seal: TokenSeal, epoch: string): DeltaReader {
  const cache = createPageCache<DeltaPage>();
  const summaries: {
    readonly from: number;
    readonly to: number;
    readonly changes: readonly ObjectChange[];
  }[] = [];

  const changesOf = (request: GraphRequest, { from, to }: Round) => {
    const known = summaries.find((summary) => summary.from === from && summary.to === to);
    if (known) return known.changes;
    const changes = summarize(request.directory.log, from, to);
    summaries.unshift({ from, to, changes });
    summaries.length = Math.min(summaries.length, keptSummaries);
    return changes;
  };

  const fullPage = (request: GraphRequest, round: Round): DeltaPage => {
    const { scope, position } = round;
    const key = JSON.stringify([request.version, scope.context, round.options, round.isReordered, position]);
    const [type] = scope.types;
    const list = type && scope.types.length === 1 ? request.directory.list(type) : undefined;
    const known = list && cache.get(key);
    if (known && list.lastChange(known.from, known.until) <= known.renderedTx) {
      if (known.next || known.until >= list.places.length) return known;
    }
    const page = renderFullPage(request, round);
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
      const following = page.next;
      if (round.isFull && following) {
        readAhead(page, () => fullPage(request, { ...round, position: following }));
      }
      const { isEmpty, next, isLoop, isRepeat } = faultPage(request.effects.page, {
        first: roundStart,
        current: round.position,
        next: page.next,
      });
      const items = isEmpty ? '' : page.items;
      if (!next)
        return reply(request, round.scope, items, 'deltaLink', tokenFor({ ...round, from: round.to }));
      const token = tokenFor(round, {
        to: round.to,
        at: round.startedAt,
        next,
        ...(round.isFull ? { isFull: true } : {}),
        ...(round.isReordered ? { isReordered: true } : {}),
        ...(isRepeat ? { nonce: randomUUID() } : {}),
      });
      return reply(request, round.scope, items, 'nextLink', token, isLoop ? askedLink(request) : undefined);
    },
  };
}

function openRound(
  request: GraphRequest,
  set: ResourceSet | undefined,
  token: DeltaToken | undefined,
): Round {
  const { tx, clock } = request.directory;
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
    startedAt: isNewRound ? clock.now() : token.at,
    isFull: token === undefined || token.isFull === true,
    isReordered: token?.isReordered === true || request.effects.fragmentOrder !== undefined,
    position: token?.next ?? roundStart,
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
  if (request.effects.pageToken === 'expired' && token.next) throw expiredPageToken();
  const { deltaToken: fault } = request.effects;
  if (fault === 'syncStateNotFound') throw syncStateNotFound();
  if (fault === 'resyncRequired') throw resyncRequired();
  if (fault === 'gone' || token.epoch !== epoch) {
    // Where a full round with the same options begins.
    throw resyncRequired(linkTo(request, token.options, '$deltatoken', ''));
  }
  if (request.directory.clock.now() - token.at > tokenLifeMs) throw syncStateNotFound();
  return token;
}

function syncStateNotFound(): GraphError {
  return new GraphError(
    400,
    'syncStateNotFound',
    'The sync state generation is not found; the delta token has expired. Perform a full synchronization.',
  );
}

/** 410, nearly always with the address of a new full round. */
function resyncRequired(location?: string): GraphError {
  return new GraphError(410, 'resyncRequired', 'Resync required. The delta token is no longer valid.', {
    headers: location === undefined ? {} : { Location: location },
  });
}

function reply(
  request: GraphRequest,
  scope: DeltaScope,
  items: BodyPart,
  link: 'nextLink' | 'deltaLink',
  token: string,
  instead?: string,
): HttpReply {
  const parameter = link === 'nextLink' ? '$skiptoken' : '$deltatoken';
  const context = JSON.stringify(`${request.root}/$metadata#${scope.context}`);
  // The options are in the token; a delta link repeats none of them.
  const address = JSON.stringify(instead ?? linkTo(request, {}, parameter, token));
  return {
    status: 200,
    headers: { 'Content-Type': jsonContentType },
    body: [`{"@odata.context":${context},"@odata.${link}":${address},"value":[`, items, ']}'],
  };
}
