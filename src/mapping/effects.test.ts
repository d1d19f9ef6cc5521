import { describe, expect, test } from 'vitest';
import { type Action, actions, type Situation, situations } from '../model/reconciliation.ts';
import { type EntryState, effectsOf, isAlwaysRefused } from './effects.ts';
import { readMapping } from './mapping-document.ts';

/** What there is, as the reference writes it: source/target/link; `n`: several targets, none of which the entry names. */
type Existing = `${0 | 1}/${0 | 1 | 'n' | "1'" | 'n+1'}/${0 | 1}`;

function stateOf(situation: Situation, existing: Existing, isTargetTaken = false): EntryState {
  const [source, target, link] = existing.split('/');
  return {
    situation,
    sourceExists: source === '1',
    target: target === '1' ? 'present' : link === '1' ? 'gone' : 'none',
    link: link === '1' ? 'to-target' : 'none',
    isTargetTaken,
    isLinking: true,
  };
}

/** What there is afterwards, and whether the entry failed. */
function outcome(action: Action, state: EntryState, existing: Existing): string {
  const effects = effectsOf(action, state);
  if (effects.kind === 'refused') return `${existing} refused`;
  const [source, target, link] = existing.split('/');
  const targetAfter = { none: target, create: target === 'n' ? 'n+1' : '1', update: "1'", delete: '0' };
  const linkAfter = { none: link, create: '1', move: '1', remove: '0' };
  return `${source}/${targetAfter[effects.target]}/${linkAfter[effects.link]}`;
}

/** Reconciliation reference, B.6. Whether an update writes is for the attributes to say. */
const vectors: readonly [string, Situation, Existing, readonly Action[], string][] = [
  ['A01', 'ABSENT', '1/0/0', ['CREATE'], '1/1/1'],
  ['A02', 'ABSENT', '1/0/0', ['UPDATE'], '1/0/0 refused'],
  ['A03', 'ABSENT', '1/0/0', ['LINK'], '1/0/0 refused'],
  ['A04', 'ABSENT', '1/0/0', ['IGNORE', 'ASYNC', 'REPORT'], '1/0/0'],
  ['A05', 'ABSENT', '1/0/0', ['NOREPORT'], '1/0/0'],
  ['A06', 'ABSENT', '1/0/0', ['EXCEPTION'], '1/0/0'],
  ['A07', 'FOUND', '1/1/0', ['UPDATE'], "1/1'/1"],
  ['A08', 'FOUND', '1/1/0', ['LINK'], '1/1/1'],
  ['A09', 'FOUND', '1/1/0', ['CREATE'], '1/1/0 refused'],
  ['A10', 'CONFIRMED', '1/1/1', ['UPDATE'], "1/1'/1"],
  ['A11', 'CONFIRMED', '1/1/1', ['UPDATE'], "1/1'/1"],
  ['A12', 'CONFIRMED', '1/1/1', ['UNLINK'], '1/1/0'],
  ['A13', 'CONFIRMED', '1/1/1', ['DELETE'], '1/0/0'],
  ['A14', 'MISSING', '1/0/1', ['CREATE'], '1/1/1'],
  ['A15', 'MISSING', '1/0/1', ['UNLINK'], '1/0/0'],
  ['A16', 'MISSING', '1/0/1', ['UPDATE'], '1/0/1'],
  ['A17', 'MISSING', '1/0/1', ['DELETE'], '1/0/0'],
  ['A18', 'UNQUALIFIED', '1/1/1', ['DELETE'], '1/0/0'],
  ['A19', 'UNQUALIFIED', '1/0/1', ['DELETE'], '1/0/0'],
  ['A20', 'UNQUALIFIED', '1/1/0', ['DELETE'], '1/0/0'],
  ['A21', 'UNQUALIFIED', '1/n/0', ['DELETE'], '1/n/0'],
  ['A22', 'SOURCE_MISSING', '0/1/1', ['DELETE'], '0/0/0'],
  ['A23', 'SOURCE_MISSING', '0/1/1', ['UNLINK'], '0/1/0'],
  ['A24', 'SOURCE_MISSING', '0/1/1', ['CREATE'], '0/1/1 refused'],
  ['A25', 'UNASSIGNED', '0/1/0', ['DELETE'], '0/0/0'],
  ['A26', 'UNASSIGNED', '0/1/0', ['UNLINK'], '0/1/0'],
  ['A27', 'LINK_ONLY', '0/0/1', ['UNLINK', 'DELETE'], '0/0/0'],
  ['A28', 'LINK_ONLY', '0/0/1', ['EXCEPTION'], '0/0/1'],
  ['A29', 'AMBIGUOUS', '1/n/0', ['CREATE'], '1/n+1/1'],
  ['A30', 'AMBIGUOUS', '1/n/0', ['UPDATE', 'LINK'], '1/n/0 refused'],
  ['A32', 'TARGET_IGNORED', '0/1/1', ['DELETE'], '0/0/0'],
];

describe('effects of actions', () => {
  test.each(vectors)('%s: %s %s with %j ends as %s', (_id, situation, existing, chosen, after) => {
    for (const action of chosen) {
      expect(outcome(action, stateOf(situation, existing), existing)).toBe(after);
    }
  });

  test('A05: NOREPORT alone keeps no entry', () => {
    const reported = actions.filter((action) => {
      const effects = effectsOf(action, stateOf('SOURCE_IGNORED', '1/0/0'));
      return effects.kind === 'effects' && !effects.isReported;
    });
    expect(reported).toEqual(['NOREPORT']);
  });

  test('A06, A28: EXCEPTION says what is wrong, and does not fail', () => {
    for (const situation of situations) {
      const effects = effectsOf('EXCEPTION', stateOf(situation, '1/0/0'));
      expect(effects).toMatchObject({ kind: 'effects', target: 'none', link: 'none' });
      expect('message' in effects && effects.message).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('A14: the link of a missing object moves to the new one', () => {
    expect(effectsOf('CREATE', stateOf('MISSING', '1/0/1'))).toMatchObject({
      target: 'create',
      link: 'move',
    });
  });

  test('A31: what is linked to another source resource is neither linked nor updated, nor deleted', () => {
    for (const action of ['UPDATE', 'LINK', 'DELETE'] as const) {
      const effects = effectsOf(action, stateOf('FOUND_ALREADY_LINKED', '1/1/0', true));
      expect(effects.kind).toBe('refused');
      expect('message' in effects && effects.message).toMatch(/another source resource/);
    }
  });

  test('A32: whatever the link of an ignored target object, DELETE takes both', () => {
    expect(outcome('DELETE', stateOf('TARGET_IGNORED', '0/1/0'), '0/1/0')).toBe('0/0/0');
  });

  test('A33: an action that nobody knows is refused when the mapping is read', () => {
    const read = readMapping({
      name: 'm',
      source: { connection: 'a', type: 'b' },
      target: { connection: 'c', type: 'd' },
      policies: [{ situation: 'FOUND', action: 'UPDAT' }],
    });
    expect(read).toMatchObject({
      kind: 'mistakes',
      mistakes: [{ path: 'policies/0/action', suggestion: 'UPDATE' }],
    });
  });

  test('UPDATE of what is gone on one side does nothing', () => {
    expect(outcome('UPDATE', stateOf('SOURCE_MISSING', '0/1/1'), '0/1/1')).toBe('0/1/1');
    expect(outcome('UPDATE', stateOf('LINK_ONLY', '0/0/1'), '0/0/1')).toBe('0/0/1');
  });

  test('without linking no link is made', () => {
    const state = { ...stateOf('FOUND', '1/1/0'), isLinking: false };
    expect(effectsOf('UPDATE', state)).toMatchObject({ target: 'update', link: 'none' });
    expect(effectsOf('LINK', state)).toMatchObject({ target: 'none', link: 'none' });
    const absent = { ...stateOf('ABSENT', '1/0/0'), isLinking: false };
    expect(effectsOf('CREATE', absent)).toMatchObject({ target: 'create', link: 'none' });
  });

  test('a link that leads elsewhere moves', () => {
    const state = { ...stateOf('FOUND', '1/1/0'), link: 'elsewhere' } as const;
    expect(effectsOf('LINK', state)).toMatchObject({ link: 'move' });
    expect(effectsOf('LINK', { ...state, isTargetTaken: true }).kind).toBe('refused');
  });

  test('actions that can never work in a situation are known', () => {
    const refused = situations.flatMap((situation) =>
      actions
        .filter((action) => isAlwaysRefused(action, situation))
        .map((action) => `${situation} ${action}`),
    );
    expect(refused).toEqual([
      'CONFIRMED CREATE',
      'FOUND CREATE',
      'ABSENT UPDATE',
      'ABSENT LINK',
      'FOUND_ALREADY_LINKED CREATE',
      'FOUND_ALREADY_LINKED UPDATE',
      'FOUND_ALREADY_LINKED DELETE',
      'FOUND_ALREADY_LINKED LINK',
      'AMBIGUOUS UPDATE',
      'AMBIGUOUS LINK',
      'UNASSIGNED CREATE',
      'UNASSIGNED UPDATE',
      'UNASSIGNED LINK',
      'SOURCE_MISSING CREATE',
      'LINK_ONLY CREATE',
      'SOURCE_IGNORED UPDATE',
      'SOURCE_IGNORED LINK',
      'TARGET_IGNORED CREATE',
      'ALL_GONE CREATE',
      'ALL_GONE UPDATE',
      'ALL_GONE LINK',
    ]);
  });
});
