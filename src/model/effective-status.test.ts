import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effectiveStatusAt, isAlwaysActive } from './effective-status.ts';

const now = new Date('2026-11-30T12:00:00Z');
const before = '2026-11-30T11:59:59Z';
const after = '2026-11-30T12:00:01Z';
const later = '2026-12-30T12:00:00Z';

test.each([
  ['nothing at all', {}, 'active', null],
  ['an active status', { accountStatus: 'active' }, 'active', null],
  ['a status in other letters', { accountStatus: 'Active' }, 'active', null],
  ['an inactive status', { accountStatus: 'inactive' }, 'inactive', null],
  ['a status that nobody knows', { accountStatus: 'locked' }, 'inactive', null],
  ['a beginning that has come', { activeDate: before }, 'active', null],
  ['a beginning at this moment', { activeDate: now.toISOString() }, 'active', null],
  ['a beginning to come', { activeDate: after }, 'not-yet-active', after],
  ['an end that has come', { inactiveDate: before }, 'no-longer-active', null],
  ['an end at this moment', { inactiveDate: now.toISOString() }, 'no-longer-active', null],
  ['an end to come', { inactiveDate: after }, 'active', after],
  ['a beginning and an end to come', { activeDate: after, inactiveDate: later }, 'not-yet-active', after],
  ['an end before its beginning', { activeDate: later, inactiveDate: after }, 'not-yet-active', after],
  [
    'a status and dates that say otherwise',
    { accountStatus: 'inactive', activeDate: before },
    'inactive',
    null,
  ],
  ['a date that is none', { activeDate: 'soon' }, 'active', null],
  ['times in other zones', { activeDate: '2026-11-30T13:30:00+02:00' }, 'active', null],
])('whoever has %s', (_, attributes, state, until) => {
  expect(effectiveStatusAt(attributes, now)).toEqual({
    state,
    until: until === null ? null : new Date(until),
  });
});

test('the state holds until the moment that is told, and is another one then', () => {
  const date = fc.option(fc.date({ min: new Date(0), max: new Date(1e12), noInvalidDate: true }), {
    nil: undefined,
  });
  fc.assert(
    fc.property(
      date,
      date,
      fc.constantFrom(undefined, 'active', 'inactive'),
      (begins, ends, accountStatus) => {
        const attributes = {
          accountStatus,
          activeDate: begins?.toISOString(),
          inactiveDate: ends?.toISOString(),
        };
        let at = new Date(-1);
        const states: string[] = [];
        for (let steps = 0; steps < 4; steps++) {
          const { state, until } = effectiveStatusAt(attributes, at);
          states.push(state);
          if (until === null) break;
          expect(effectiveStatusAt(attributes, new Date(until.getTime() - 1)).state).toBe(state);
          at = until;
        }
        expect(new Set(states).size).toBe(states.length);
        // Nothing changes behind the last moment that was told.
        expect(effectiveStatusAt(attributes, new Date(1e13)).state).toBe(states.at(-1));
        if (isAlwaysActive(attributes)) expect(states).toEqual(['active']);
      },
    ),
  );
});
