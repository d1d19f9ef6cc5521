import { describe, expect, test } from 'vitest';
import type { RunState } from '../model/job.ts';
import { portionsOf, reasonToSkip, stateOfRun } from './task-order.ts';

describe('portions', () => {
  test('follow the levels, whatever the order in which tasks are named', () => {
    const tasks = [
      { name: 'b', level: 1 },
      { name: 'a', level: 0 },
      { name: 'c', level: 1 },
      { name: 'first', level: -1 },
    ];
    expect(portionsOf(tasks, 5).map((portion) => portion.map(({ name }) => name))).toEqual([
      ['first'],
      ['a'],
      ['b', 'c'],
    ]);
  });

  test('hold as many tasks as may run at once', () => {
    const tasks = Array.from({ length: 12 }, (_, place) => ({ place, level: 3 }));
    expect(portionsOf(tasks, 5).map(({ length }) => length)).toEqual([5, 5, 2]);
  });
});

describe('a task is passed over', () => {
  const ended = (state: RunState, isIdle = false) => new Map([['Export', { state, isIdle }]]);
  const task = { kind: 'apply', dependsOn: ['Export'] } as const;

  test.each<RunState>(['succeeded-with-warnings', 'failed', 'blocked', 'cancelled', 'skipped'])(
    'when what it depends on ended as %s',
    (state) => {
      expect(reasonToSkip(task, ended(state))).toMatch(/^Export .*, and this depends on it\.$/);
    },
  );

  test('when there is nothing to do', () => {
    expect(reasonToSkip({ kind: 'none', dependsOn: [] }, new Map())).toBe('It has nothing to do here.');
  });

  test('but not when what it depends on succeeded, had nothing to do, or is no part of the run', () => {
    expect(reasonToSkip(task, ended('succeeded'))).toBeUndefined();
    expect(reasonToSkip(task, ended('skipped', true))).toBeUndefined();
    expect(reasonToSkip(task, new Map())).toBeUndefined();
  });
});

test('a run ends as the gravest of its tasks', () => {
  expect(stateOfRun(['succeeded', 'skipped'])).toBe('succeeded');
  expect(stateOfRun(['succeeded', 'succeeded-with-warnings', 'skipped'])).toBe('succeeded-with-warnings');
  expect(stateOfRun(['failed', 'succeeded-with-warnings'])).toBe('failed');
  expect(stateOfRun(['failed', 'blocked'])).toBe('blocked');
  expect(stateOfRun(['cancelled', 'succeeded'])).toBe('cancelled');
});
