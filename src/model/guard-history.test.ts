/** Limits beside past runs: the most that one run changed, and how often a limit would have stopped one. */
import { expect, test } from 'vitest';
import { noGuards, noThresholds } from './guard.ts';
import type { CountedClass } from './guard-check.ts';
import { measureLimits } from './guard-history.ts';

const users = (changes: Partial<CountedClass>): CountedClass => ({
  what: 'resources',
  objectClass: 'user',
  stored: 1000,
  inserted: 0,
  updated: 0,
  deleted: 0,
  ...changes,
});

test('limits that are off are left out, and others have the most of one run', () => {
  const guards = {
    ...noGuards,
    resources: { ...noThresholds, deletedCount: 50, deletedPercent: 5 },
    entityTypes: { user: { ...noThresholds, insertedCount: 10 } },
  };
  const runs = [
    [users({ deleted: 12, inserted: 11 }), users({ objectClass: 'group', deleted: 41 })],
    [users({ deleted: 3 }), users({ objectClass: 'group', deleted: 150 })],
    // A first load.
    [users({ stored: 0, inserted: 1000 })],
  ];
  expect(measureLimits(guards, runs)).toEqual([
    {
      what: 'resources',
      objectClass: undefined,
      limit: 'deletedCount',
      allowed: 50,
      most: 153,
      exceededRuns: 2,
    },
    {
      what: 'resources',
      objectClass: undefined,
      limit: 'deletedPercent',
      allowed: 5,
      most: 7.7,
      exceededRuns: 1,
    },
    {
      what: 'resources',
      objectClass: 'user',
      limit: 'insertedCount',
      allowed: 10,
      most: 11,
      exceededRuns: 1,
    },
  ]);
});

test('without any run, nothing was changed', () => {
  const guards = { ...noGuards, links: { ...noThresholds, insertedCount: 1000 } };
  expect(measureLimits(guards, [])).toEqual([
    {
      what: 'links',
      objectClass: undefined,
      limit: 'insertedCount',
      allowed: 1000,
      most: 0,
      exceededRuns: 0,
    },
  ]);
});
