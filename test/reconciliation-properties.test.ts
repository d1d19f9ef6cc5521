// What holds whatever happens: a dry run predicts the run, a second run does nothing, and any sequence of runs, cancelled ones, left ones
// and changes on both sides ends, after one full run, where the mapping says that it ends.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import type { Attributes } from '../src/model/entity-type.ts';
import type { Action } from '../src/model/reconciliation.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { makeWorld, policiesOf, type Ran, type Sides, type World } from './fixtures/reconciliation-world.ts';

const own = useOwnDatabase();
const sql = () => own().database.sql;

const logins = ['ada', 'bob', 'eve', 'kim', 'lou', 'max'];
const cities = ['Rome', 'Oslo', ''];

const person = fc.record({
  login: fc.constantFrom(...logins),
  city: fc.constantFrom(...cities),
  kind: fc.constantFrom('staff', 'visitor'),
});

/** What an entry was to do, or did. */
function gistOf({ entries }: Ran) {
  return entries
    .filter(({ entryNumber }) => entryNumber !== null)
    .map(
      ({
        phase,
        qualifier,
        situation,
        action,
        status,
        message,
        sourceKey,
        changes,
        policy,
        matchedOn,
        ambiguousKeys,
      }) => ({
        phase,
        qualifier,
        situation,
        action,
        isFailed: status === 'failed',
        message,
        sourceKey,
        changes,
        policy,
        matchedOn,
        ambiguousKeys,
      }),
    );
}

const chosen = fc.record({
  CONFIRMED: fc.constantFrom<Action[]>('UPDATE', 'IGNORE', 'UNLINK', 'DELETE'),
  FOUND: fc.constantFrom<Action[]>('UPDATE', 'LINK', 'EXCEPTION'),
  ABSENT: fc.constantFrom<Action[]>('CREATE', 'CREATE', 'REPORT'),
  MISSING: fc.constantFrom<Action[]>('CREATE', 'UNLINK', 'EXCEPTION'),
  UNQUALIFIED: fc.constantFrom<Action[]>('DELETE', 'UNLINK', 'NOREPORT'),
  UNASSIGNED: fc.constantFrom<Action[]>('DELETE', 'EXCEPTION', 'ASYNC'),
  SOURCE_MISSING: fc.constantFrom<Action[]>('DELETE', 'UNLINK', 'IGNORE'),
  AMBIGUOUS: fc.constantFrom<Action[]>('EXCEPTION', 'CREATE', 'UPDATE'),
  FOUND_ALREADY_LINKED: fc.constantFrom<Action[]>('EXCEPTION', 'LINK'),
  LINK_ONLY: fc.constantFrom<Action[]>('UNLINK', 'EXCEPTION'),
});

const pair = fc.record({
  source: fc.option(person, { nil: null }),
  target: fc.option(
    fc.record({ userName: fc.constantFrom(...logins), city: fc.constantFrom('Rome', 'Oslo') }),
    { nil: null },
  ),
  isLinked: fc.boolean(),
});

async function layOut(
  world: World,
  pairs: readonly (typeof pair extends fc.Arbitrary<infer Pair> ? Pair : never)[],
) {
  for (const [index, { source, target, isLinked }] of pairs.entries()) {
    if (source) await world.putSource(`s${index}`, compact(source));
    if (target) await world.putTarget(`t${index}`, compact(target));
    if (isLinked) await world.link(`s${index}`, `t${index}`);
  }
}

function compact(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));
}

test('a dry run predicts the run, and writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 8 }), chosen, async (pairs, actions) => {
      const world = await makeWorld(sql(), {
        policies: policiesOf(actions),
        scope: { queryFilter: 'kind eq "staff"' },
      });
      await layOut(world, pairs);
      const parameters = { allowsEmptySource: true };
      const before = [await world.sides(), await world.links()];
      const dry = await world.run({ isDryRun: true, parameters });
      expect([await world.sides(), await world.links()]).toEqual(before);
      const real = await world.run({ parameters });
      expect(gistOf(real)).toEqual(gistOf(dry));
      const { proposed, succeeded, ...counts } = dry.counts;
      expect(real.counts).toEqual({ ...counts, proposed: 0, succeeded: proposed + succeeded });
    }),
    { numRuns: 25 },
  );
});

test('a second run does nothing, whatever the first one did', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 8 }), async (pairs) => {
      const world = await makeWorld(sql(), {
        policies: policiesOf({ MISSING: 'CREATE', SOURCE_MISSING: 'DELETE', LINK_ONLY: 'UNLINK' }),
      });
      await layOut(world, pairs);
      const parameters = { allowsEmptySource: true };
      await world.run({ parameters });
      // A name that was taken may be free now, and a link that was in the way gone.
      await world.run({ parameters });
      await world.run({ parameters });
      const before = [await world.sides(), await world.links()];
      for (const mode of ['full', 'incremental'] as const) {
        const { counts } = await world.run({ mode, parameters });
        expect(counts).toMatchObject({
          target: { created: 0, updated: 0, deleted: 0 },
          links: { created: 0, removed: 0, moved: 0 },
        });
      }
      expect([await world.sides(), await world.links()]).toEqual(before);
    }),
    { numRuns: 12 },
  );
});

type Step =
  | Readonly<{ kind: 'put-source'; place: number; city: string; isStaff: boolean }>
  | Readonly<{ kind: 'remove-source' | 'remove-target' | 'edit-target' | 'make-target'; place: number }>
  | Readonly<{
      kind: 'run';
      mode: 'full' | 'incremental';
      end: 'whole' | 'cancelled' | 'left';
      after: number;
    }>;

const place = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('put-source' as const),
    place,
    city: fc.constantFrom(...cities),
    isStaff: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom(
      'remove-source' as const,
      'remove-target' as const,
      'edit-target' as const,
      'make-target' as const,
    ),
    place,
  }),
  fc.record({
    kind: fc.constant('run' as const),
    mode: fc.constantFrom('full' as const, 'incremental' as const),
    end: fc.constantFrom('whole' as const, 'whole' as const, 'cancelled' as const, 'left' as const),
    after: fc.nat({ max: 8 }),
  }),
);

test('any sequence of runs and changes ends, after one full run, where the mapping says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      let told = 0;
      let stop: (() => void) | undefined;
      const world = await makeWorld(
        sql(),
        {
          scope: { queryFilter: 'kind eq "staff"' },
          policies: policiesOf({
            MISSING: 'CREATE',
            SOURCE_MISSING: 'DELETE',
            UNASSIGNED: 'DELETE',
            UNQUALIFIED: 'DELETE',
            LINK_ONLY: 'UNLINK',
          }),
        },
        {
          onProgress() {
            told -= 1;
            if (told < 0) stop?.();
          },
        },
      );
      const parameters = { allowsEmptySource: true };
      for (const one of steps) {
        if (one.kind !== 'run') {
          await change(world, one);
          continue;
        }
        const stopping = new AbortController();
        told = one.after;
        stop = one.end === 'whole' ? undefined : () => stopping.abort();
        const leaving = one.end === 'left' ? { leaving: stopping.signal } : {};
        await world
          .run({ mode: one.mode, parameters, signal: stopping.signal, ...leaving })
          .catch((error: unknown) => {
            const isOurs =
              stopping.signal.aborted && (!(error instanceof Fault) || error.code === 'cancelled');
            if (!isOurs) throw error;
          });
      }
      stop = undefined;
      const { counts } = await world.run({ parameters });
      expect(counts.failed).toBe(0);
      await expectFixpoint(world);
      const again = await world.run({ mode: 'incremental', parameters });
      expect(again.counts.target).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    }),
    { numRuns: 25 },
  );
});

async function change(world: World, one: Exclude<Step, { kind: 'run' }>): Promise<void> {
  const login = logins[one.place] ?? '';
  const { target } = await world.sides();
  const named = [...target].find(([, { userName }]) => userName === login);
  switch (one.kind) {
    case 'put-source': {
      const { city, isStaff } = one;
      return await world.putSource(
        `s-${login}`,
        compact({ login, city, kind: isStaff ? 'staff' : 'visitor' }),
      );
    }
    case 'remove-source':
      return await world.removeSource(`s-${login}`);
    case 'remove-target':
      return named && (await world.removeTarget(named[0]));
    case 'edit-target':
      // What is not mapped stays; what is mapped is set back.
      return named && (await world.putTarget(named[0], { ...named[1], city: 'Edited', rank: 7 }));
    case 'make-target':
      // No two have one name, as the target sees to it.
      return named
        ? undefined
        : await world.putTarget(`made-${login}-${target.size}`, { userName: login, rank: 9 });
  }
}

/** Everybody in the scope has one object with what is mapped, linked; nobody else has any. */
async function expectFixpoint(world: World): Promise<void> {
  const { source, target }: Sides = await world.sides();
  const links = await world.links();
  const wanted = [...source].filter(([, { kind }]) => kind === 'staff');
  expect(links.map(({ sourceKey }) => sourceKey)).toEqual(wanted.map(([key]) => key).sort());
  expect(target.size).toBe(wanted.length);
  for (const { sourceKey, targetKey } of links) {
    const { login, city } = source.get(sourceKey) ?? {};
    const { rank: _, ...mapped } = target.get(targetKey) ?? {};
    expect(mapped).toEqual(compact({ userName: login, city: city ?? '' }));
  }
}
