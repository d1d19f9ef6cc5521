import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planSet, type Situation } from './plan.ts';

const mapping = 'as it is';
const fresh: Situation = {
  fullReason: undefined,
  mapping,
  reached: { mapping: null, cookie: null, fullReason: null },
  unfinished: undefined,
};
const followed: Situation = { ...fresh, reached: { mapping, cookie: 'so far', fullReason: null } };

describe('a set begins', () => {
  test.each<[string, Situation, unknown]>([
    ['with everything the first time', fresh, { kind: 'full', reason: 'it is the first time' }],
    ['with what has changed afterwards', followed, { kind: 'incremental', cookie: 'so far' }],
    [
      'with everything where it is asked for',
      { ...followed, fullReason: 'asked' },
      { kind: 'full', reason: 'asked' },
    ],
    [
      'with everything after the mapping changed',
      { ...followed, mapping: 'another' },
      { kind: 'full', reason: 'the mapping has changed' },
    ],
    [
      'with everything after changes were discarded',
      { ...followed, reached: { mapping, cookie: 'so far', fullReason: 'changes were discarded' } },
      { kind: 'full', reason: 'changes were discarded' },
    ],
  ])('%s', (_when, situation, plan) => {
    expect(planSet(situation)).toEqual(plan);
  });
});

const texts = fc.constantFrom('one', 'another');
const situations = fc.record<Situation>({
  fullReason: fc.option(texts, { nil: undefined }),
  mapping: texts,
  reached: fc.record({ mapping: fc.option(texts), cookie: fc.option(texts), fullReason: fc.option(texts) }),
  unfinished: fc.option(
    fc.record({
      state: fc.constantFrom('open', 'complete'),
      isFull: fc.boolean(),
      mapping: texts,
      position: fc.option(texts),
    }),
    { nil: undefined },
  ),
});

describe('an unfinished set', () => {
  test('goes on only under the mapping that it was begun with, and never with less than was asked for', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { kind } = planSet(situation);
        const { unfinished, mapping: wanted, fullReason, reached } = situation;
        if (kind !== 'use' && kind !== 'resume') return;
        expect(unfinished?.mapping).toBe(wanted);
        if (fullReason !== undefined || reached.fullReason !== null) expect(unfinished?.isFull).toBe(true);
        if (kind === 'use') expect(unfinished?.state).toBe('complete');
        if (kind === 'resume') expect(unfinished?.position).not.toBeNull();
      }),
    );
  });

  test('is not thrown away while it is of use', () => {
    fc.assert(
      fc.property(situations, fc.string(), (situation, position) => {
        const unfinished = { state: 'open', isFull: true, mapping: situation.mapping, position } as const;
        expect(planSet({ ...situation, unfinished })).toEqual({ kind: 'resume' });
        expect(planSet({ ...situation, unfinished: { ...unfinished, state: 'complete' } })).toEqual({
          kind: 'use',
        });
      }),
    );
  });
});

test('changes are asked for only where a cookie stands for the same mapping', () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const plan = planSet(situation);
      if (plan.kind !== 'incremental') return;
      expect(plan.cookie).toBe(situation.reached.cookie);
      expect(situation.reached.mapping).toBe(situation.mapping);
      expect(situation.fullReason).toBeUndefined();
      expect(situation.reached.fullReason).toBeNull();
    }),
  );
});
