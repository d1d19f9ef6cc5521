// Puts every conformance case to the simulator: one simulator a case file, one test a case.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/simulator.ts';
import * as addressing from './conformance/addressing.cases.ts';
import * as applications from './conformance/applications.cases.ts';
import * as batch from './conformance/batch.cases.ts';
import type { Case } from './conformance/case.ts';
import * as deletedItems from './conformance/deleted-items.cases.ts';
import * as delta from './conformance/delta.cases.ts';
import * as deltaGroups from './conformance/delta-groups.cases.ts';
import * as deltaItems from './conformance/delta-items.cases.ts';
import * as deltaTypes from './conformance/delta-types.cases.ts';
import * as errors from './conformance/errors.cases.ts';
import * as extensions from './conformance/extensions.cases.ts';
import * as filterSupport from './conformance/filter-support.cases.ts';
import * as firstCalls from './conformance/first-calls.cases.ts';
import * as groupsWrites from './conformance/groups-writes.cases.ts';
import * as limits from './conformance/limits.cases.ts';
import * as membership from './conformance/membership.cases.ts';
import * as paging from './conformance/paging.cases.ts';
import * as permissions from './conformance/permissions.cases.ts';
import * as query from './conformance/query.cases.ts';
import * as references from './conformance/references.cases.ts';
import * as rolesAndUnits from './conformance/roles-and-units.cases.ts';
import { openRunner, type Runner } from './conformance/run-case.ts';
import * as searchAndFilter from './conformance/search-and-filter.cases.ts';
import * as selectAndShapes from './conformance/select-and-shapes.cases.ts';
import * as subscriptions from './conformance/subscriptions.cases.ts';
import * as tokens from './conformance/tokens.cases.ts';
import * as usersWrites from './conformance/users-writes.cases.ts';
import { type NotificationListener, openListener } from './fixtures/notification-listener.ts';

interface CaseFile {
  readonly cases: readonly Case[];
  /** The tenant that the file's rules need, where an empty one is not enough. */
  readonly tenant?: Pick<SimulatorOptions, 'users' | 'seed'>;
  /** The tenant size whose limits are on, where the file's rules are about limits. */
  readonly limits?: SimulatorOptions['limits'];
  /** A webhook whose address the cases name `{listener}`. */
  readonly needsListener?: boolean;
}

const files: Readonly<Record<string, CaseFile>> = {
  addressing,
  applications,
  batch,
  'deleted-items': deletedItems,
  delta,
  'delta-groups': deltaGroups,
  'delta-items': deltaItems,
  'delta-types': deltaTypes,
  errors,
  extensions,
  'filter-support': filterSupport,
  'first-calls': firstCalls,
  'groups-writes': groupsWrites,
  limits,
  membership,
  paging,
  permissions,
  query,
  references,
  'roles-and-units': rolesAndUnits,
  'search-and-filter': searchAndFilter,
  'select-and-shapes': selectAndShapes,
  subscriptions,
  tokens,
  'users-writes': usersWrites,
};

describe('the conformance suite', () => {
  const cases = Object.values(files).flatMap((file) => file.cases);

  test('has at least 300 cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(300);
  });

  test('names the section of every rule', () => {
    expect(cases.filter(({ section, rule }) => section.trim() === '' || rule.trim() === '')).toEqual([]);
  });

  test('states no rule twice', () => {
    const names = cases.map(nameOf);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe.each(Object.entries(files))('%s', (_name, { cases, tenant, limits, needsListener }) => {
  let simulator: Simulator;
  let runner: Runner;
  let listener: NotificationListener | undefined;

  beforeAll(async () => {
    simulator = await startSimulator({ ...tenant, ...(limits && { limits }) });
    listener = needsListener ? await openListener() : undefined;
    runner = openRunner(simulator, listener ? { listener: listener.origin } : {});
  });

  afterAll(async () => {
    await runner.close();
    await simulator.stop();
    await listener?.close();
  });

  for (const subject of cases) {
    test(nameOf(subject), () => runner.run(subject));
  }
});

function nameOf({ section, rule }: Case): string {
  return `${section} › ${rule}`;
}
