import { describe, expect, test } from 'vitest';
import type { Policy } from '../model/mapping.ts';
import { type Action, type Situation, situations } from '../model/reconciliation.ts';
import { compilePolicies, guideActions, listedActions, usualActions } from './policies.ts';
import { policiesOf, policyPresetNames, policyPresets } from './policy-presets.ts';
import { actionWords, situationWords } from './situation-words.ts';

function decide(
  policies: readonly Policy[],
  situation: Situation,
  object: Readonly<Record<string, unknown>> | null,
) {
  const outcome = compilePolicies(policies);
  if (outcome.kind === 'mistakes') throw new Error(outcome.mistakes.map(({ message }) => message).join(' '));
  return outcome.compiled.decide(situation, { object, linkQualifier: 'default' });
}

describe('policies', () => {
  const policies: readonly Policy[] = [
    { situation: 'ABSENT', action: 'EXCEPTION', condition: '/object/userType eq "Guest"' },
    { situation: 'FOUND', action: 'LINK' },
    { situation: 'ABSENT', action: 'IGNORE', condition: 'linkQualifier eq "other"' },
    { situation: 'FOUND', action: 'IGNORE' },
  ];

  test('the first whose condition holds decides', () => {
    expect(decide(policies, 'ABSENT', { userType: 'guest' })).toEqual({ action: 'EXCEPTION', policy: 1 });
    expect(decide(policies, 'FOUND', {})).toEqual({ action: 'LINK', policy: 2 });
  });

  test('where none holds, the usual action is taken', () => {
    expect(decide(policies, 'ABSENT', { userType: 'Member' })).toEqual({ action: 'CREATE', policy: null });
    expect(decide(policies, 'ABSENT', null)).toEqual({ action: 'CREATE', policy: null });
    expect(decide([], 'UNQUALIFIED', {})).toEqual({ action: 'DELETE', policy: null });
  });

  test('it is known which situations are decided for all alike', () => {
    const outcome = compilePolicies(policies);
    expect(outcome.kind === 'compiled' && outcome.compiled.fixed).toMatchObject({
      FOUND: { action: 'LINK', policy: 2 },
      ABSENT: null,
      CONFIRMED: { action: 'UPDATE', policy: null },
    });
  });

  test('a condition that does not parse is a mistake at its place', () => {
    expect(compilePolicies([{ situation: 'FOUND', action: 'LINK', condition: 'mail eq' }])).toMatchObject({
      kind: 'mistakes',
      mistakes: [{ path: 'policies/0/condition', position: expect.any(Number) }],
    });
  });
});

describe('usual actions', () => {
  /** Reconciliation reference, B.2: in the code, in the guides. */
  test.each<[Situation, Action, Action]>([
    ['CONFIRMED', 'UPDATE', 'UPDATE'],
    ['FOUND', 'UPDATE', 'UPDATE'],
    ['ABSENT', 'CREATE', 'CREATE'],
    ['FOUND_ALREADY_LINKED', 'EXCEPTION', 'EXCEPTION'],
    ['AMBIGUOUS', 'EXCEPTION', 'EXCEPTION'],
    ['MISSING', 'EXCEPTION', 'EXCEPTION'],
    ['UNQUALIFIED', 'DELETE', 'DELETE'],
    ['UNASSIGNED', 'EXCEPTION', 'EXCEPTION'],
    ['SOURCE_MISSING', 'EXCEPTION', 'EXCEPTION'],
    ['LINK_ONLY', 'EXCEPTION', 'EXCEPTION'],
    ['SOURCE_IGNORED', 'REPORT', 'IGNORE'],
    ['TARGET_IGNORED', 'REPORT', 'IGNORE'],
    ['ALL_GONE', 'NOREPORT', 'IGNORE'],
  ])('%s: %s in the code, %s in the guides', (situation, code, guide) => {
    expect(usualActions[situation]).toBe(code);
    expect(guideActions[situation]).toBe(guide);
    expect(listedActions[situation][0]).toBe(guide);
  });

  test('no action is listed twice', () => {
    for (const situation of situations) {
      expect(new Set(listedActions[situation]).size).toBe(listedActions[situation].length);
    }
  });
});

describe('presets', () => {
  test('have one policy for each situation, all of them understood', () => {
    for (const name of policyPresetNames) {
      expect(policiesOf(name).map(({ situation }) => situation)).toEqual(situations);
      expect(compilePolicies(policiesOf(name)).kind).toBe('compiled');
    }
  });

  test('read-only does nothing in any situation', () => {
    expect(new Set(Object.values(policyPresets['read-only'].actions))).toEqual(new Set(['ASYNC']));
  });

  test('an authoritative source deletes and unlinks nothing by itself', () => {
    const chosen = Object.values(policyPresets['authoritative-source'].actions);
    expect(chosen).not.toContain('DELETE');
    expect(chosen).not.toContain('UNLINK');
    expect(policyPresets['authoritative-source'].actions.LINK_ONLY).toBe('EXCEPTION');
  });
});

test('situations and actions have the names of the consoles', () => {
  expect(Object.values(situationWords).map(({ name }) => name)).toEqual([
    'Confirmed',
    'Found',
    'Absent',
    'Found Already Linked',
    'Ambiguous',
    'Missing',
    'Unqualified',
    'Unassigned',
    'Source Missing',
    'Link Only',
    'Source Ignored',
    'Target Ignored',
    'All Gone',
  ]);
  expect(Object.values(actionWords).map(({ name }) => name)).toContain('No Report');
});
