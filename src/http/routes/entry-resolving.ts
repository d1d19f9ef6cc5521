/** What a person decides about entries of a reconciliation: linking, unlinking, making an object, trying again, or leaving it. */
import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import type { TransactionSql } from 'postgres';
import type { Action, Situation } from '../../model/reconciliation.ts';
import {
  findLinkOwner,
  type LinkOwner,
  linkByHand,
  lockLinks,
  unlinkByHand,
} from '../../store/account-links.ts';
import { findStoredSet, readResourcesByKey } from '../../store/mapping-samples.ts';
import type { StoredMapping } from '../../store/mappings.ts';
import type { Entry } from '../../store/reconciliation-entries.ts';
import { dropRetry, readFailedSources } from '../../store/reconciliation-views.ts';
import type { StoredReconciliation } from '../../store/reconciliations.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import {
  type ReconciliationStarted,
  resolutionSchema,
  resolvedSchema,
  retrySchema,
  startedSchema,
} from '../schemas/reconciliations.ts';
import { doAudited } from './audited-work.ts';
import { readLinkOf, requireEntry, retryPlaceOf } from './entry-details.ts';
import { entryParams } from './reconciliation-entries.ts';
import {
  launchReconciliation,
  type ReconciliationRoutes,
  requireEnabled,
  requireMappingOf,
  requireReconciliation,
} from './reconciliation-parts.ts';
import { readEntryId } from './reconciliation-rendering.ts';
import { reconciliationParams } from './reconciliations.ts';
import { ok, problems } from './route-parts.ts';

const tags = ['Reconciliations'];

type Resolution = z.output<typeof resolutionSchema>;
type Resolving = Readonly<{
  c: ApiContext;
  routes: ReconciliationRoutes;
  run: StoredReconciliation;
  mapping: StoredMapping;
  entry: Entry;
}>;

export function addEntryResolving(app: OpenAPIHono<ApiEnv>, routes: ReconciliationRoutes): void {
  const { sql } = routes;
  const resolve = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Launch'),
    method: 'post',
    path: '/api/reconciliations/{reconciliationId}/entries/{entryId}/resolve',
    tags,
    summary: 'Decide about an entry',
    description:
      'Links and unlinks at once, and reconciles the source resource by itself afterwards. The entry stays as it was: what comes of it is in the new run.',
    request: {
      params: entryParams,
      body: { required: true, content: { 'application/json': { schema: resolutionSchema } } },
    },
    responses: { 202: ok('What goes on with it.', resolvedSchema), ...problems(404, 409) },
  });
  app.openapi(resolve, async (c) => {
    const { reconciliationId, entryId } = c.req.valid('param');
    const run = await requireReconciliation(sql, reconciliationId);
    const entry = await requireEntry(sql, run, entryId);
    const mapping = await requireMappingOf(sql, run);
    const resolving = { c, routes, run, mapping, entry };
    return c.json({ jobRunId: await resolveEntry(resolving, c.req.valid('json')) }, 202);
  });

  const retry = createRoute({
    ...needs(sql, '/Syncline/Reconciliation/Launch'),
    method: 'post',
    path: '/api/reconciliations/{reconciliationId}/entries/retry',
    tags,
    summary: 'Try failed entries again',
    description:
      'Those named, those with one sentence, or all. Where they are too many to name, an incremental run does it, which looks at every failed entry again.',
    request: {
      params: reconciliationParams,
      body: { required: false, content: { 'application/json': { schema: retrySchema } } },
    },
    responses: { 202: ok('The run of the job that tries them.', startedSchema), ...problems(404, 409) },
  });
  app.openapi(retry, async (c) => {
    const run = await requireReconciliation(sql, c.req.valid('param').reconciliationId);
    return c.json(await retryEntries(c, routes, run, c.req.valid('json')), 202);
  });
}

async function resolveEntry(resolving: Resolving, resolution: Resolution): Promise<number | null> {
  switch (resolution.action) {
    case 'link':
      await link(resolving, resolution);
      return await reconcileAgain(resolving);
    case 'unlink':
      await unlink(resolving);
      return null;
    case 'ignore':
      await ignore(resolving);
      return null;
    case 'create':
      return await create(resolving);
    case 'reconcile':
      return (await reconcileOne(resolving, {})).jobRunId;
  }
}

async function link(
  { c, routes: { sql }, run, mapping, entry }: Resolving,
  { targetKey, isMoving }: Extract<Resolution, { action: 'link' }>,
): Promise<void> {
  const sourceKey = requireSource(run, entry);
  const owner = await requireOwner(sql, mapping);
  const { target } = run.definition;
  const set = await findStoredSet(sql, target);
  const [object] = set === undefined ? [] : await readResourcesByKey(sql, set, [targetKey]);
  if (!object) {
    throw new Refusal(
      'resource-unknown',
      `There is no ${target.type} ${JSON.stringify(targetKey)} in ${target.connection}: choose one that is there.`,
      { field: 'body.targetKey' },
    );
  }
  const detail = { sourceKey, targetKey, qualifier: entry.qualifier, reconciliationId: run.reconciliationId };
  await doAudited(
    c,
    sql,
    { action: 'account-link.create', subject: mapping.name, detail },
    async (transaction) => {
      await lockLinks(transaction, owner.mappingId);
      const outcome = await linkByHand(transaction, owner, {
        qualifier: entry.qualifier,
        sourceKey,
        targetKey,
        linkedBy: actorOf(c.get('caller')),
        isMoving,
      });
      if (outcome.kind === 'linked') return;
      const [taken] = outcome.links;
      throw new Refusal(
        'link-taken',
        taken?.sourceKey === sourceKey
          ? `${sourceKey} is linked to ${taken.targetKey} already: send isMoving to link it to ${targetKey} instead.`
          : `${targetKey} is linked to ${taken?.sourceKey} already: send isMoving to take it from there.`,
      );
    },
  );
}

async function unlink({ c, routes: { sql }, run, mapping, entry }: Resolving): Promise<void> {
  const sourceKey = requireSource(run, entry);
  const owner = await requireOwner(sql, mapping);
  const detail = { sourceKey, qualifier: entry.qualifier, reconciliationId: run.reconciliationId };
  const work = async (transaction: TransactionSql) => {
    await lockLinks(transaction, owner.mappingId);
    const present = await readLinkOf(transaction, owner, sourceKey, entry.qualifier);
    const removed = present && (await unlinkByHand(transaction, owner, present.linkNumber));
    if (!removed) {
      throw new Refusal(
        'reconciliation-state',
        `${sourceKey} has no account link any more: there is nothing to remove.`,
      );
    }
  };
  await doAudited(c, sql, { action: 'account-link.delete', subject: mapping.name, detail }, work);
}

async function ignore({ c, routes: { sql }, run, mapping, entry }: Resolving): Promise<void> {
  const place = retryPlaceOf(mapping.mappingId, entry);
  const detail = { key: place?.key ?? '', reconciliationId: run.reconciliationId };
  await doAudited(
    c,
    sql,
    { action: 'reconciliation.ignore', subject: mapping.name, detail },
    async (transaction) => {
      if (place && (await dropRetry(transaction, place))) return;
      throw new Refusal(
        'reconciliation-state',
        'No run tries this entry again by itself: there is nothing to ignore.',
      );
    },
  );
}

/** Situations in which an object of its own can be made: where no object is paired with the source resource. */
const creatable: ReadonlySet<Situation | null> = new Set<Situation | null>([
  'ABSENT',
  'AMBIGUOUS',
  'MISSING',
]);

async function create(resolving: Resolving): Promise<number> {
  const { situation } = resolving.entry;
  if (situation === null || !creatable.has(situation)) {
    throw new Refusal(
      'reconciliation-state',
      `An entry that is ${situation ?? 'not assessed'} cannot be given an object of its own: only one that is ${[...creatable].join(', ')} can.`,
    );
  }
  const actions: Partial<Record<Situation, Action>> = { [situation]: 'CREATE' };
  return (await reconcileOne(resolving, { actions: JSON.stringify(actions) })).jobRunId;
}

/** Reconciles the source resource of an entry by itself. */
async function reconcileOne(
  { c, routes, run, mapping, entry }: Resolving,
  options: Readonly<Record<string, string>>,
): Promise<ReconciliationStarted> {
  const key = requireSource(run, entry);
  requireEnabled(mapping);
  return await launchReconciliation(c, routes, mapping, {
    job: 'full',
    options: { mode: 'keys', keys: JSON.stringify([key]), ...options },
    action: 'reconciliation.launch',
    detail: { mode: 'keys', keys: [key], reconciliation: String(run.reconciliationId), ...options },
  });
}

/** The same after something was done that is done: where another run is in the way, that or the next one will see it. */
async function reconcileAgain(resolving: Resolving): Promise<number | null> {
  try {
    return (await reconcileOne(resolving, {})).jobRunId;
  } catch (error) {
    if (error instanceof Refusal && (error.code === 'run-under-way' || error.code === 'mapping-state'))
      return null;
    throw error;
  }
}

/** Source resources that one run is given by their keys. */
const mostKeys = 1000;

async function retryEntries(
  c: ApiContext,
  routes: ReconciliationRoutes,
  run: StoredReconciliation,
  { entryIds, message }: z.output<typeof retrySchema>,
): Promise<ReconciliationStarted> {
  const mapping = await requireMappingOf(routes.sql, run);
  requireEnabled(mapping);
  const entryNumbers = entryIds?.map((id) => {
    const named = readEntryId(id);
    if (named?.kind === 'entry') return named.number;
    throw new Refusal('request-invalid', `${JSON.stringify(id)} is no failed entry.`, {
      field: 'body.entryIds',
    });
  });
  const { keys, count, isWithoutSource } = await readFailedSources(routes.sql, run.reconciliationId, {
    message,
    entryNumbers,
    limit: mostKeys,
  });
  if (count === 0) {
    throw new Refusal(
      'reconciliation-state',
      `The reconciliation ${run.reconciliationId} has no such entries that failed: there is nothing to try again.`,
    );
  }
  const audited = {
    action: 'reconciliation.retry',
    detail: {
      reconciliation: String(run.reconciliationId),
      entries: String(count),
      ...(message ? { message } : {}),
    },
  };
  const isNamed = count <= mostKeys && !isWithoutSource;
  return await launchReconciliation(
    c,
    routes,
    mapping,
    isNamed
      ? { job: 'full', options: { mode: 'keys', keys: JSON.stringify(keys) }, ...audited }
      : { job: 'incremental', options: {}, ...audited },
  );
}

function requireSource({ reconciliationId }: StoredReconciliation, { sourceKey, targetKey }: Entry): string {
  if (sourceKey !== null) return sourceKey;
  throw new Refusal(
    'reconciliation-state',
    `The entry about ${targetKey ?? 'nothing'} of the reconciliation ${reconciliationId} has no source resource: change or delete the object itself, or set a rule for its situation.`,
  );
}

async function requireOwner(sql: ReconciliationRoutes['sql'], mapping: StoredMapping): Promise<LinkOwner> {
  if (!mapping.definition.settings.isLinking) {
    throw new Refusal(
      'mapping-state',
      `The mapping ${mapping.name} keeps no account links: switch linking on first.`,
    );
  }
  const owner = await findLinkOwner(sql, mapping.name);
  if (owner) return owner;
  throw new Refusal(
    'mapping-state',
    `The mapping ${mapping.definition.linksOf} whose account links ${mapping.name} uses is not there: name another one in linksOf.`,
  );
}
