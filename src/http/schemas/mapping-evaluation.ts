/** Trying mappings, expressions and filters out on what is stored, as requests and answers have it. */
import { z } from '@hono/zod-openapi';
import { mappingMistakeSchema, objectSetSchema } from './mappings.ts';

const definition = z.record(z.string(), z.unknown()).openapi({
  description: 'A mapping in the form of files (docs/mappings.md), saved or not.',
});
const key = z.string().min(1).max(500);
const object = z.record(z.string(), z.unknown());
const rowNumber = z.int().min(0).max(10_000);

export const mostObjects = 50;

export const evaluationRequestSchema = z
  .strictObject({
    definition: definition.optional(),
    name: z.string().min(1).max(200).optional().openapi({ description: 'A saved mapping, instead.' }),
    rows: z
      .array(rowNumber)
      .max(500)
      .optional()
      .openapi({ description: 'Which of its attributes, by their places from 0; all where it is left out.' }),
    keys: z
      .array(key)
      .min(1)
      .max(mostObjects)
      .optional()
      .openapi({ description: 'Resources of the source.' }),
    objects: z
      .array(object)
      .min(1)
      .max(mostObjects)
      .optional()
      .openapi({ description: 'Attributes as they could be, instead.' }),
    sample: z
      .int()
      .min(1)
      .max(mostObjects)
      .optional()
      .openapi({ description: 'So many resources of the source, instead.' }),
    trace: z.boolean().default(false).openapi({ description: 'With the value of each part of expressions.' }),
  })
  .openapi('MappingEvaluationRequest');

const failure = {
  kind: z.literal('failed'),
  message: z.string(),
  position: z.int().optional(),
  length: z.int().optional(),
};

const outcomeSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('value'), value: z.unknown(), type: z.string() }),
    z.object({ kind: z.literal('ignored') }).openapi({ description: 'The attribute stays as it is.' }),
    z.object({ kind: z.literal('hidden') }).openapi({ description: 'A value that the expression redacts.' }),
    z
      .object({ kind: z.literal('links'), keys: z.array(z.string()), count: z.int() })
      .openapi({ description: 'What a reference leads to in the source.' }),
    z.object(failure),
  ])
  .openapi('EvaluatedValue');

const steps = z
  .array(z.object({ position: z.int(), length: z.int(), text: z.string(), outcome: outcomeSchema }))
  .openapi({ description: 'The parts of the expression, innermost first.' });

export const evaluationSchema = z
  .object({
    mistakes: z.array(mappingMistakeSchema),
    objects: z.array(
      z.object({
        key: z.string().nullable(),
        name: z.string(),
        attributes: object,
        isQualified: z.boolean(),
        reason: z.string().nullable().openapi({ description: 'Why it is not in the scope of the mapping.' }),
        target: z
          .object({ key: z.string(), name: z.string() })
          .nullable()
          .openapi({ description: 'What it is linked to.' }),
        rows: z.array(
          z.object({
            row: z.int(),
            target: z.string(),
            outcome: outcomeSchema,
            before: z.unknown().openapi({ description: 'What the target has now.' }),
            isChanged: z.boolean(),
            steps: steps.optional(),
          }),
        ),
      }),
    ),
  })
  .openapi('MappingEvaluation');

export const wholeEvaluationRequestSchema = z
  .strictObject({ definition, row: rowNumber })
  .openapi('WholeEvaluationRequest');

export const wholeEvaluationSchema = z
  .object({
    mistakes: z.array(mappingMistakeSchema),
    total: z.int().openapi({ description: 'Resources of the source that qualify.' }),
    unqualified: z.int(),
    values: z.int(),
    empty: z.int(),
    ignored: z.int(),
    failedCount: z.int(),
    failed: z.array(
      z.object({
        message: z.string(),
        count: z.int(),
        example: z.object({ key: z.string(), name: z.string() }),
      }),
    ),
    isUnique: z.boolean().openapi({ description: 'Whether the target allows each value once.' }),
    duplicates: z.int().openapi({ description: 'Resources whose value one before them has already.' }),
    duplicated: z.array(z.object({ value: z.string(), keys: z.array(z.string()) })),
    distinct: z.int(),
    isDistinctExact: z.boolean(),
    top: z.array(z.object({ value: z.string(), count: z.int() })),
    isTopExact: z.boolean(),
  })
  .openapi('WholeEvaluation');

export const expressionRequestSchema = z
  .strictObject({
    text: z.string().max(10_000),
    connection: objectSetSchema.shape.connection.optional(),
    type: objectSetSchema.shape.type.optional(),
    key: key.optional().openapi({ description: 'A resource of the entity type.' }),
    object: object.optional().openapi({ description: 'Attributes, instead.' }),
  })
  .openapi('ExpressionRequest');

export const expressionResultSchema = z
  .object({
    kind: z.enum(['value', 'ignored', 'hidden', 'failed', 'mistake']).openapi({
      description: '`mistake`: the text is no expression; `failed`: it is one that fails on this object.',
    }),
    value: z.unknown().optional(),
    type: z.string().optional(),
    message: z.string().optional(),
    position: z.int().optional(),
    length: z.int().optional(),
    suggestion: z.string().optional(),
    steps,
    reads: z.array(z.string()),
    isDeterministic: z.boolean(),
  })
  .openapi('ExpressionResult');

export const expressionLanguageSchema = z
  .object({
    functions: z.array(
      z.object({
        name: z.string(),
        signature: z.string(),
        description: z.string(),
        example: z.string(),
        result: z.string().openapi({ description: 'As JSON; empty where it differs each time.' }),
        set: z.enum(['application', 'cloud-sync']),
      }),
    ),
    scopingOperators: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        description: z.string(),
        arity: z.enum(['unary', 'binary']),
      }),
    ),
  })
  .openapi('ExpressionLanguage');

export const filterCountRequestSchema = z
  .strictObject({
    ...objectSetSchema.shape,
    filter: z.strictObject({
      query: z.string().max(10_000).optional(),
      scoping: z.unknown().optional().openapi({ description: 'In the form of Microsoft Graph.' }),
      expression: z.string().max(10_000).optional(),
    }),
  })
  .openapi('FilterCountRequest');

export const filterCountSchema = z
  .object({
    mistakes: z.array(mappingMistakeSchema),
    warnings: z.array(mappingMistakeSchema),
    count: z.int().nullable().openapi({ description: 'Null where there are mistakes.' }),
    total: z.int(),
    sample: z.array(z.object({ key: z.string(), name: z.string() })),
  })
  .openapi('FilterCount');

export type Evaluation = z.infer<typeof evaluationSchema>;
export type EvaluatedObject = Evaluation['objects'][number];
export type EvaluatedValue = z.infer<typeof outcomeSchema>;
export type WholeEvaluation = z.infer<typeof wholeEvaluationSchema>;
export type ExpressionResult = z.infer<typeof expressionResultSchema>;
export type ExpressionLanguage = z.infer<typeof expressionLanguageSchema>;
export type ExpressionFunction = ExpressionLanguage['functions'][number];
export type ScopingOperator = ExpressionLanguage['scopingOperators'][number];
export type FilterCount = z.infer<typeof filterCountSchema>;
export type ExpressionRequest = z.output<typeof expressionRequestSchema>;
