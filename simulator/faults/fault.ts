// The faults as data: every kind with its own fields, and the fields that say which requests it strikes and how often.
// Scenario files and the control endpoint are checked against the schema here.
import { z } from 'zod';

const maxSeconds = 86_400;
const seconds = z.int().min(0).max(maxSeconds);
const byteCount = z.int().min(0);

export const matchSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']).optional(),
  /** Below the service root; `*` stands for any text within a segment, `**` for any text. `token` is the token endpoint. */
  path: z
    .string()
    .regex(/^(?:token$|\/)/, 'be "token" or a path that starts with "/", such as "/users/delta*"')
    .optional(),
  /** Application (client) id of the caller. */
  app: z.string().min(1).optional(),
});

/** What every kind understands: `times` is how often the kind strikes when nothing is said. */
const schedule = (times: number | 'always') => ({
  match: matchSchema.default({}),
  after: z.int().min(0).default(0),
  every: z.int().min(1).default(1),
  times: z.union([z.int().min(1), z.literal('always')]).default(times),
  probability: z.number().gt(0).max(1).default(1),
  seed: z.int().min(0).optional(),
});
const once = schedule(1);
const always = schedule('always');

const kindSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('throttle'), retryAfterSeconds: seconds.optional(), ...once }),
  z.strictObject({ kind: z.literal('unavailable'), retryAfterSeconds: seconds.optional(), ...once }),
  z.strictObject({ kind: z.literal('gatewayTimeout'), ...once }),
  z.strictObject({ kind: z.literal('internalError'), ...once }),
  z.strictObject({ kind: z.literal('concurrencyViolation'), ...once }),
  z.strictObject({
    kind: z.literal('htmlError'),
    status: z.union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)]).default(502),
    ...once,
  }),
  z.strictObject({ kind: z.literal('invalidJson'), ...once }),
  z.strictObject({ kind: z.literal('resetConnection'), afterBytes: byteCount.optional(), ...once }),
  z.strictObject({
    kind: z.literal('truncateBody'),
    afterBytes: byteCount.optional(),
    share: z.number().min(0).lt(1).optional(),
    ...once,
  }),
  z.strictObject({
    kind: z.literal('slowPage'),
    delayMs: z.int().min(0).max(600_000).default(0),
    bytesPerSecond: z.int().min(1).optional(),
    ...once,
  }),
  z.strictObject({ kind: z.literal('expireAccessToken'), ...once }),
  z.strictObject({ kind: z.literal('revokeSecret'), ...always }),
  z.strictObject({
    kind: z.literal('expireDeltaLink'),
    as: z.enum(['gone', 'syncStateNotFound', 'resyncRequired']).default('gone'),
    /** `anyPage` also strikes within a round. */
    on: z.enum(['deltaLink', 'anyPage']).default('deltaLink'),
    ...once,
  }),
  z.strictObject({ kind: z.literal('expirePageToken'), ...once }),
  z.strictObject({ kind: z.literal('repeatPage'), ...once }),
  z.strictObject({
    kind: z.literal('nextLinkLoop'),
    to: z.enum(['samePage', 'firstPage']).default('samePage'),
    ...always,
  }),
  z.strictObject({ kind: z.literal('emptyPage'), ...once }),
  z.strictObject({ kind: z.literal('emptyAnswer'), ...once }),
  z.strictObject({ kind: z.literal('reorderFragments'), ...once }),
  z.strictObject({
    kind: z.literal('changeWhilePaging'),
    changes: z.int().min(1).max(100_000).default(1),
    ...once,
  }),
  z.strictObject({
    kind: z.literal('unknownProperty'),
    as: z.enum(['added', 'refused']).default('added'),
    name: z.string().min(1).optional(),
    value: z.json().default('unheard of'),
    ...always,
  }),
  z.strictObject({
    kind: z.literal('hugeGroup'),
    members: z.int().min(1).max(1_000_000).default(500_000),
    /** Object id; the simulator chooses a group when it is absent. */
    group: z.guid('be an object id (a GUID)').optional(),
    ...once,
  }),
  z.strictObject({ kind: z.literal('replicationLag'), seconds: seconds.min(1).default(10), ...once }),
]);

/** A fault with all defaults filled in. */
export type Fault = z.output<typeof kindSchema>;
export type FaultKind = Fault['kind'];

/**
 * What a kind looks at. Other requests are neither struck nor counted, so that `after: 2` of a page fault means two pages.
 * - `any`: every Graph request; token requests instead when `match.path` is `token`
 * - `graph`: every Graph request; `write`: POST, PATCH, PUT and DELETE; `create`: POST to a collection
 * - `page`: a page of a collection or of a delta round; `laterPage`: one that a nextLink led to
 * - `deltaLink`: the first page behind a deltaLink; `deltaPage`: any page of a delta query that carries a token
 * - `linkedRound`: the first page of a delta round whose objects have members or owners
 * - `selection`: a GET whose `$select` has the fault's `name`; `token`: the token endpoint
 */
export type Target =
  | 'any'
  | 'graph'
  | 'write'
  | 'create'
  | 'page'
  | 'laterPage'
  | 'deltaLink'
  | 'deltaPage'
  | 'linkedRound'
  | 'selection'
  | 'token';

/**
 * A request meets at most one fault of each group. A request that is refused meets only `delivery` and `pace` besides.
 */
export type FaultGroup = 'answer' | 'shape' | 'order' | 'delivery' | 'pace' | 'change' | 'growth' | 'lag';

/** Where a batch is concerned: only as a whole message, or only by its parts, each an operation. Both when absent. */
type FaultReach = 'message' | 'operation';

export interface FaultTraits {
  readonly target: Target;
  readonly group: FaultGroup;
  readonly reach?: FaultReach;
}

export const faultKinds: Readonly<Record<FaultKind, FaultTraits>> = {
  throttle: { target: 'any', group: 'answer', reach: 'operation' },
  unavailable: { target: 'any', group: 'answer' },
  gatewayTimeout: { target: 'any', group: 'answer' },
  internalError: { target: 'any', group: 'answer' },
  concurrencyViolation: { target: 'write', group: 'answer' },
  htmlError: { target: 'any', group: 'answer', reach: 'message' },
  invalidJson: { target: 'any', group: 'answer', reach: 'message' },
  resetConnection: { target: 'any', group: 'delivery', reach: 'message' },
  truncateBody: { target: 'any', group: 'delivery', reach: 'message' },
  slowPage: { target: 'any', group: 'pace', reach: 'message' },
  expireAccessToken: { target: 'graph', group: 'answer', reach: 'message' },
  revokeSecret: { target: 'token', group: 'answer' },
  expireDeltaLink: { target: 'deltaLink', group: 'answer' },
  expirePageToken: { target: 'laterPage', group: 'answer' },
  repeatPage: { target: 'page', group: 'answer' },
  nextLinkLoop: { target: 'page', group: 'answer' },
  emptyPage: { target: 'page', group: 'answer' },
  emptyAnswer: { target: 'page', group: 'answer' },
  reorderFragments: { target: 'linkedRound', group: 'order' },
  changeWhilePaging: { target: 'laterPage', group: 'change' },
  unknownProperty: { target: 'graph', group: 'shape', reach: 'operation' },
  hugeGroup: { target: 'graph', group: 'growth', reach: 'operation' },
  replicationLag: { target: 'create', group: 'lag' },
};

/** What the fault looks at, its own fields considered. */
export function targetOf(fault: Fault): Target {
  if (fault.kind === 'expireDeltaLink' && fault.on === 'anyPage') return 'deltaPage';
  if (fault.kind === 'unknownProperty' && fault.as === 'refused') return 'selection';
  return faultKinds[fault.kind].target;
}

export function groupOf(fault: Fault): FaultGroup {
  if (fault.kind === 'unknownProperty' && fault.as === 'refused') return 'answer';
  return faultKinds[fault.kind].group;
}

/** One fault as people write it. */
export const faultSchema = kindSchema.superRefine((fault, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { path } = fault.match;
  const { target } = faultKinds[fault.kind];
  if (path === 'token' && target !== 'any' && target !== 'token') {
    refuse(
      ['match', 'path'],
      'be a path below the service root, because this kind does not concern the token endpoint',
    );
  }
  if (path !== undefined && path !== 'token' && target === 'token') {
    refuse(['match', 'path'], 'be "token" or left out, because this kind concerns the token endpoint only');
  }
  if (fault.kind === 'truncateBody' && fault.afterBytes !== undefined && fault.share !== undefined) {
    refuse(['share'], 'be left out where afterBytes is given');
  }
  if (fault.kind === 'slowPage' && fault.delayMs === 0 && fault.bytesPerSecond === undefined) {
    refuse([], 'have delayMs or bytesPerSecond');
  }
  if (fault.kind === 'unknownProperty' && fault.as === 'refused' && fault.name === undefined) {
    refuse(['name'], 'be the property to refuse');
  }
});

export const scenarioSchema = z.strictObject({ faults: z.array(faultSchema) });
export type Scenario = z.output<typeof scenarioSchema>;

/** Field names that a kind understands; undefined for what is no kind. */
export function fieldsOf(kind: unknown): readonly string[] | undefined {
  const option = kindSchema.options.find(({ shape }) => shape.kind.value === kind);
  return option && Object.keys(option.shape);
}
