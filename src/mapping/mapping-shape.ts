/** The shape of mappings in files and requests, as zod schemas. What may be left out has its usual value. */
import { z } from 'zod';
import { type GuardedAction, guardedActions } from '../model/mapping.ts';
import { actions, situations } from '../model/reconciliation.ts';
import { defaultGuards, defaultSettings } from './mapping-defaults.ts';

const most = { attributes: 1000, policies: 500, rules: 50, qualifiers: 50, count: 1_000_000_000 } as const;

const text = z.string().max(10_000);
/** Empty, or null, is as good as left out. */
const optionalText = text
  .nullish()
  .transform((value) => (value == null || value.trim() === '' ? undefined : value));
const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((value) => !/\p{Cc}|\p{Surrogate}/u.test(value), {
    error: 'It contains characters that names cannot have.',
  });
const mappingName = name.refine((value) => !/[/\\]/.test(value) && !/^\.+$/.test(value), {
  error: 'The name of a mapping stands in addresses and names of files: leave out slashes.',
});

const objectSetShape = { connection: name, type: name };

const valueSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('attribute'), name }),
  z.strictObject({ kind: z.literal('constant'), value: z.unknown() }),
  z.strictObject({ kind: z.literal('expression'), text }),
  z.strictObject({ kind: z.literal('reference'), link: name, mapping: optionalText }),
]);
const valueSourceNames = ['kind', 'name', 'value', 'text', 'link', 'mapping'];

const attributeShape = {
  target: name,
  source: valueSource,
  condition: optionalText,
  default: z.unknown().optional(),
  apply: z.enum(['always', 'on-create']).default('always'),
  ifEmpty: z.enum(['clear', 'keep']).default('clear'),
};

const policyShape = { situation: z.enum(situations), action: z.enum(actions), condition: optionalText };

const qualifierShape = { name, condition: optionalText };

const correlationTree: z.ZodType<CorrelationInput> = z.lazy(() =>
  z.union([
    name,
    z.strictObject({ any: z.array(correlationTree).max(most.rules) }),
    z.strictObject({ all: z.array(correlationTree).max(most.rules) }),
  ]),
);
type CorrelationInput =
  | string
  | Readonly<{ any: readonly CorrelationInput[] }>
  | Readonly<{ all: readonly CorrelationInput[] }>;

const ruleShape = {
  qualifier: optionalText,
  match: correlationTree.optional(),
  attribute: optionalText,
  expression: optionalText,
};
const correlationRule = z
  .strictObject(ruleShape)
  .refine(
    ({ match, attribute, expression }) =>
      match === undefined
        ? attribute !== undefined && expression !== undefined
        : attribute === undefined && expression === undefined,
    { error: 'A rule has either match, or attribute and expression.' },
  );

const scopeShape = {
  scopingFilter: z.unknown().optional(),
  queryFilter: optionalText,
  expression: optionalText,
};

const usually = (setting: keyof typeof defaultSettings) => z.boolean().default(defaultSettings[setting]);

const settingsShape = {
  isLinking: usually('isLinking'),
  runsTargetPhase: usually('runsTargetPhase'),
  allowsEmptySource: usually('allowsEmptySource'),
  correlatesEmptyTarget: usually('correlatesEmptyTarget'),
  updatesOutsideFilter: usually('updatesOutsideFilter'),
  isSourceKeyCaseSensitive: usually('isSourceKeyCaseSensitive'),
  isTargetKeyCaseSensitive: usually('isTargetKeyCaseSensitive'),
} satisfies Record<keyof typeof defaultSettings, unknown>;

const limitNames = ['count', 'percent'];

function limitOf(action: GuardedAction) {
  const { count, percent } = defaultGuards[action];
  return z
    .strictObject({
      count: z.int().min(0).max(most.count).default(count),
      percent: z.number().min(0).max(100).default(percent),
    })
    .prefault({});
}

const guardsShape = {
  DELETE: limitOf('DELETE'),
  UNLINK: limitOf('UNLINK'),
  UPDATE: limitOf('UPDATE'),
  CREATE: limitOf('CREATE'),
} satisfies Record<GuardedAction, unknown>;

const mappingShape = {
  name: mappingName,
  displayName: optionalText,
  description: text.default(''),
  source: z.strictObject(objectSetShape),
  target: z.strictObject(objectSetShape),
  isEnabled: z.boolean().default(true),
  scope: z.strictObject(scopeShape).prefault({}),
  sourceCondition: optionalText,
  validTarget: optionalText,
  filterSource: optionalText,
  filterTarget: optionalText,
  linksOf: optionalText,
  linkQualifiers: z.array(z.strictObject(qualifierShape)).max(most.qualifiers).default([]),
  correlation: z.array(correlationRule).max(most.rules).default([]),
  attributes: z.array(z.strictObject(attributeShape)).max(most.attributes).default([]),
  policies: z.array(z.strictObject(policyShape)).max(most.policies).default([]),
  settings: z.strictObject(settingsShape).prefault({}),
  guards: z.strictObject(guardsShape).prefault({}),
};

export const mappingSchema = z.strictObject(mappingShape);
export type ReadMapping = z.infer<typeof mappingSchema>;

/** The names that each place of a mapping has; `*` stands for a place in a list. */
export const namesByPlace: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(mappingShape),
  source: Object.keys(objectSetShape),
  target: Object.keys(objectSetShape),
  scope: Object.keys(scopeShape),
  'linkQualifiers/*': Object.keys(qualifierShape),
  'correlation/*': Object.keys(ruleShape),
  'attributes/*': Object.keys(attributeShape),
  'attributes/*/source': valueSourceNames,
  'policies/*': Object.keys(policyShape),
  settings: Object.keys(settingsShape),
  guards: Object.keys(guardsShape),
  ...Object.fromEntries(guardedActions.map((action) => [`guards/${action}`, limitNames])),
};
