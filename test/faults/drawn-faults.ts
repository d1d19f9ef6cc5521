// Faults as a campaign draws them: every kind that the simulator knows, with parameters that let a run go on after a while.
import { type FaultKind, faultKinds } from '../../simulator/faults/fault.ts';
import type { Random } from '../../simulator/tenant/random.ts';

const paths: readonly (string | undefined)[] = [
  undefined,
  undefined,
  '/users**',
  '/groups**',
  '/users/delta',
  '/groups/delta',
  '/groups/*/members',
  '/$batch',
  '/directoryRoles/delta',
];

/** Where pages of lists are, and not of delta rounds. */
const listPaths = ['/users', '/groups', '/groups/*/members', '/devices', '/servicePrincipals'];

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of each kind beside those that all have. An empty answer comes only to lists: one to a round that tells changes is
 * what Graph sends when nothing has changed, and no client can tell it from that.
 */
const fieldsOf: Readonly<Record<FaultKind, (random: Random) => Fields>> = {
  throttle: (random) => (random.chance(0.5) ? { retryAfterSeconds: 1 } : {}),
  unavailable: (random) => (random.chance(0.5) ? { retryAfterSeconds: 1 } : {}),
  gatewayTimeout: () => ({}),
  internalError: () => ({}),
  concurrencyViolation: () => ({}),
  htmlError: (random) => ({ status: random.pick([500, 502, 503, 504]) }),
  invalidJson: () => ({}),
  resetConnection: (random) => (random.chance(0.5) ? { afterBytes: random.below(20_000) } : {}),
  truncateBody: (random) => ({ share: random.below(100) / 100 }),
  slowPage: (random) => ({ delayMs: 1 + random.below(300) }),
  expireAccessToken: () => ({}),
  revokeSecret: () => ({}),
  expireDeltaLink: (random) => ({
    as: random.pick(['gone', 'syncStateNotFound', 'resyncRequired']),
    on: random.pick(['deltaLink', 'anyPage']),
  }),
  expirePageToken: () => ({}),
  repeatPage: () => ({}),
  nextLinkLoop: (random) => ({ to: random.pick(['samePage', 'firstPage']), times: 1 + random.below(40) }),
  emptyPage: () => ({}),
  emptyAnswer: (random) => ({ match: { path: random.pick(listPaths) } }),
  reorderFragments: () => ({ times: 'always' }),
  changeWhilePaging: (random) => ({ changes: 1 + random.below(20), times: 'always' }),
  unknownProperty: (random) =>
    random.chance(0.7)
      ? { as: 'added' }
      : { as: 'refused', name: random.pick(['displayName', 'jobTitle', 'mail']), times: 1 + random.below(2) },
  hugeGroup: (random) => ({ members: 200 + random.below(3000) }),
  replicationLag: (random) => ({ seconds: 1 + random.below(3), times: 'always' }),
};

/** Kinds that concern the token endpoint when a path is named. */
const tokenKinds: ReadonlySet<string> = new Set([
  'throttle',
  'unavailable',
  'gatewayTimeout',
  'resetConnection',
]);

export function drawFault(random: Random): object {
  const kind = random.pick(Object.keys(faultKinds) as FaultKind[]);
  if (kind === 'revokeSecret') return { kind };
  const path = tokenKinds.has(kind) && random.chance(0.15) ? 'token' : random.pick(paths);
  return {
    kind,
    ...(path === undefined ? {} : { match: { path } }),
    after: random.pick([0, 0, 0, 1, 2, 5, 12]),
    every: random.pick([1, 1, 2, 5]),
    times: random.pick([1, 1, 2, 4]),
    ...(random.chance(0.3) ? { probability: 0.5, seed: random.below(1000) } : {}),
    ...fieldsOf[kind](random),
  };
}
