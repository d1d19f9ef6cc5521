/** Reconciliations on the wire: what a run of a mapping found and did, entry by entry, and what a person decides about it. */
import { z } from '@hono/zod-openapi';
import {
  actions,
  categories,
  entryStatuses,
  reconciliationModes,
  reconciliationStages,
  reconciliationStates,
  situations,
} from '../../model/reconciliation.ts';
import { listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });
const count = z.number().openapi({ example: 42 });
const attributes = z.record(z.string(), z.unknown());

const longestQuery = 10_000;
const longestKey = 500;
/** Keys that one run may name; whoever has more of them names a query. */
const mostKeys = 1000;

export const startSchema = z
  .strictObject({
    mode: z.enum(reconciliationModes).openapi({
      description:
        'Everything on both sides, what has changed since the last run, the source resources that meet `query`, or those of `keys`.',
    }),
    isDryRun: z
      .boolean()
      .default(false)
      .openapi({ description: 'Find out what would be done, and do nothing.' }),
    isForced: z.boolean().default(false).openapi({
      description: 'Go on where a guard would hold the run back. Needs /Jobs/RunJob/Repair, too.',
    }),
    query: z
      .string()
      .trim()
      .min(1)
      .max(longestQuery)
      .optional()
      .openapi({ description: 'With mode `query`: a query filter.', example: 'mail eq "ada@example.com"' }),
    keys: z
      .array(z.string().min(1).max(longestKey))
      .min(1)
      .max(mostKeys)
      .optional()
      .openapi({ description: 'With mode `keys`: keys of source resources.' }),
    reason: z.string().trim().max(500).optional().openapi({
      description: 'Why, for those who look at the run later.',
    }),
  })
  .openapi('ReconciliationStart');
export type ReconciliationStart = z.input<typeof startSchema>;

const reconciliationCountsSchema = z
  .object({
    actions: z
      .record(z.enum(actions), count)
      .openapi({ description: 'How many entries each action was decided for.' }),
    source: z.object({ total: count.nullable(), processed: count }),
    target: z.object({
      total: count.nullable(),
      processed: count,
      created: count,
      updated: count,
      unchanged: count,
      deleted: count,
    }),
    links: z.object({ created: count, removed: count, moved: count }),
    references: z.object({ added: count, removed: count }),
    outsideFilter: count.openapi({ description: 'Linked pairs that Filter Source leaves out and alone.' }),
    proposed: count,
    succeeded: count,
    failed: count,
  })
  .openapi('ReconciliationCounts');

const blockReasonSchema = z
  .object({
    action: z.string().openapi({ example: 'DELETE' }),
    count: count.openapi({ description: 'How many there would be.' }),
    total: count.nullable().openapi({ description: 'Of how many.' }),
    limit: z.object({ count: z.number(), percent: z.number() }).nullable(),
    sentence: z.string(),
  })
  .openapi('ReconciliationBlockReason');

export const reconciliationSchema = z
  .object({
    reconciliationId: z.int(),
    mapping: z.string(),
    isMappingThere: z.boolean(),
    application: z.object({ applicationId: z.int(), name: z.string() }).nullable(),
    mode: z.enum(reconciliationModes),
    isDryRun: z.boolean(),
    isForced: z.boolean(),
    query: z.string().nullable(),
    keys: z.array(z.string()).nullable(),
    state: z.enum(reconciliationStates),
    stage: z.enum(reconciliationStages),
    message: z.string().nullable(),
    situations: z
      .array(z.object({ situation: z.enum(situations), count, failed: count }))
      .openapi({ description: 'Those that were found, failed entries included.' }),
    categories: z
      .record(z.enum(categories), count)
      .openapi({ description: 'Without failed entries, so that they and `failed` together are `total`.' }),
    failed: count,
    total: count.openapi({ description: 'Entries in all.' }),
    isFailedApart: z.boolean().openapi({
      description:
        'Whether failed entries are left out of the categories; not any more when the entries of an old run are gone.',
    }),
    progress: z
      .object({ processed: count, total: count.nullable() })
      .openapi({ description: 'Of what its stage works on.' }),
    counts: reconciliationCountsSchema,
    durations: z
      .record(z.enum(reconciliationStages), z.number())
      .openapi({ description: 'Milliseconds of each stage that was gone through.' }),
    blockReasons: z.array(blockReasonSchema),
    canResume: z.boolean().openapi({ description: 'It is blocked, and the mapping is as it was then.' }),
    startedBy: z.string(),
    startedAt: instant,
    stageAt: instant,
    endedAt: instant.nullable(),
    jobRunId: z.int().nullable().openapi({ description: 'The run of a job that it belongs to.' }),
    isCancelRequested: z.boolean(),
    hasEntries: z.boolean().openapi({ description: 'Whether its entries are still kept.' }),
    isCurrentMapping: z
      .boolean()
      .openapi({ description: 'Whether the mapping is still as it was when the run began.' }),
  })
  .openapi('Reconciliation');
export type Reconciliation = z.infer<typeof reconciliationSchema>;

export const reconciliationListSchema = listSchema(reconciliationSchema);
export type ReconciliationList = z.infer<typeof reconciliationListSchema>;

export const startedSchema = z
  .object({
    jobRunId: z.int(),
    reconciliationId: z
      .int()
      .nullable()
      .openapi({ description: 'Null as long as its job run has not come to it.' }),
  })
  .openapi('ReconciliationStarted');
export type ReconciliationStarted = z.infer<typeof startedSchema>;

export const entrySchema = z
  .object({
    entryId: z.string().openapi({
      description: 'A number; of a pair that was as it should be, `link-` and that of its link.',
    }),
    phase: z.enum(['source', 'target']),
    qualifier: z.string(),
    situation: z.enum(situations).nullable().openapi({ description: 'Null where finding it out failed.' }),
    action: z.enum(actions).nullable(),
    status: z.enum(entryStatuses),
    message: z.string().nullable(),
    source: z.object({ key: z.string(), name: z.string().nullable() }).nullable(),
    target: z.object({ key: z.string(), name: z.string().nullable() }).nullable(),
    candidates: z
      .array(z.object({ key: z.string(), name: z.string().nullable() }))
      .openapi({ description: 'Of several matches, the first few.' }),
    candidateCount: z.int(),
    changedAttributes: z.array(z.string()),
  })
  .openapi('ReconciliationEntry');
export type ReconciliationEntry = z.infer<typeof entrySchema>;

export const entryListSchema = listSchema(entrySchema);
export type ReconciliationEntryList = z.infer<typeof entryListSchema>;

const objectSetSchema = z.object({ connection: z.string(), type: z.string() });

const sideSchema = z
  .object({
    key: z.string(),
    name: z.string().nullable(),
    attributes: attributes.nullable().openapi({ description: 'As they are now; null where it is gone.' }),
  })
  .openapi('ReconciliationSide');

const candidateSchema = z
  .object({
    key: z.string(),
    name: z.string().nullable(),
    attributes: attributes.nullable(),
    linkedTo: z
      .object({ key: z.string(), name: z.string().nullable() })
      .nullable()
      .openapi({ description: 'The source resource that it belongs to already.' }),
  })
  .openapi('ReconciliationCandidate');

export const entryDetailsSchema = entrySchema
  .extend({
    reconciliationId: z.int(),
    mapping: z.string(),
    sourceSet: objectSetSchema,
    targetSet: objectSetSchema,
    sourceSide: sideSchema.nullable(),
    targetSide: sideSchema.nullable(),
    matches: z.array(candidateSchema),
    matchedOn: z
      .object({ rule: z.int(), attributes: z.record(z.string(), z.string()) })
      .nullable()
      .openapi({ description: 'The rule by its place, and the values that were sought.' }),
    policy: z
      .object({
        place: z.int().nullable().openapi({ description: 'Null: the usual action of the situation.' }),
        isDecidedByPerson: z.boolean().openapi({ description: 'Somebody has resolved the entry so.' }),
        condition: z.string().nullable(),
      })
      .nullable(),
    changes: z.object({ before: attributes, after: attributes }).nullable(),
    rows: z
      .array(
        z.object({
          target: z.string(),
          source: z.string().openapi({ description: 'As people write it: `source.mail`, or an expression.' }),
          sourceAttribute: z.string().nullable(),
        }),
      )
      .openapi({ description: 'The rows of the mapping, as they were then.' }),
    link: z
      .object({
        sourceKey: z.string(),
        targetKey: z.string(),
        targetName: z.string().nullable(),
        linkedAt: instant,
        linkedBy: z.string().nullable().openapi({ description: 'Null where a run linked them.' }),
      })
      .nullable()
      .openapi({ description: 'What the source resource is linked to now.' }),
    retry: z
      .object({ attempts: z.int(), firstFailedAt: instant, lastFailedAt: instant })
      .nullable()
      .openapi({ description: 'It is looked at again by every run.' }),
    isPresentMapping: z.boolean(),
  })
  .openapi('ReconciliationEntryDetails');
export type ReconciliationEntryDetails = z.infer<typeof entryDetailsSchema>;

export const causesSchema = z
  .object({
    items: z.array(
      z.object({
        message: z.string(),
        count,
        situation: z.enum(situations).nullable(),
        example: z.string().openapi({ description: 'The name of one of them.' }),
        exampleId: z.string(),
      }),
    ),
    isComplete: z.boolean().openapi({ description: 'Whether these are all causes.' }),
  })
  .openapi('ReconciliationCauses');
export type ReconciliationCauses = z.infer<typeof causesSchema>;

export const resolutionSchema = z
  .discriminatedUnion('action', [
    z.strictObject({
      action: z.literal('link').openapi({ description: 'Link the source resource to this target object.' }),
      targetKey: z.string().min(1).max(longestKey),
      isMoving: z.boolean().default(false).openapi({
        description: 'Also where the object is linked to another source resource, which loses it.',
      }),
    }),
    z.strictObject({
      action: z.literal('create').openapi({ description: 'Make a target object of its own.' }),
    }),
    z.strictObject({
      action: z.literal('unlink').openapi({ description: 'Remove the account link; the object stays.' }),
    }),
    z.strictObject({
      action: z.literal('ignore').openapi({ description: 'Do not try it again before it changes.' }),
    }),
    z.strictObject({
      action: z.literal('reconcile').openapi({ description: 'Reconcile this source resource now.' }),
    }),
  ])
  .openapi('ReconciliationResolution');
export type ReconciliationResolution = z.input<typeof resolutionSchema>;

export const resolvedSchema = z
  .object({
    jobRunId: z
      .int()
      .nullable()
      .openapi({ description: 'The run that goes on with it; null where nothing was left to do.' }),
  })
  .openapi('ReconciliationResolved');
export type ReconciliationResolved = z.infer<typeof resolvedSchema>;

export const retrySchema = z
  .strictObject({
    entryIds: z.array(z.string().max(30)).min(1).max(mostKeys).optional(),
    message: z
      .string()
      .max(20_000)
      .optional()
      .openapi({ description: 'All that failed with this sentence.' }),
  })
  .openapi('ReconciliationRetry');
export type ReconciliationRetry = z.infer<typeof retrySchema>;

export const resumeReconciliationSchema = z
  .strictObject({
    reason: z.string().trim().max(500).optional().openapi({
      description: 'Why, for those who look at the run later.',
    }),
  })
  .openapi('ReconciliationResume');
