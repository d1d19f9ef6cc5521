import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Fault } from '../errors.ts';
import { type Migration, planMigrations, readMigrations } from './migrations.ts';

function numbered(names: readonly string[]): Migration[] {
  return names.map((name, index) => ({
    number: index + 1,
    name,
    checksum: `sum of ${name}`,
    statements: 'select 1',
  }));
}

const someMigrations = fc
  .array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 8 })
  .map((names) => numbered(names));
const somePartOf = (migrations: readonly Migration[]) => fc.nat({ max: migrations.length - 1 });
const migrationsAndPlace = someMigrations.chain((all) => fc.tuple(fc.constant(all), somePartOf(all)));

describe('what is pending', () => {
  test('is what the database lacks, in order', () => {
    fc.assert(
      fc.property(migrationsAndPlace, ([all, place]) => {
        expect(planMigrations(all, all.slice(0, place))).toEqual({
          kind: 'pending',
          migrations: all.slice(place),
        });
        expect(planMigrations(all, all)).toEqual({ kind: 'pending', migrations: [] });
      }),
    );
  });

  test('is nothing at all when an applied migration was edited, renamed or lost, or is unknown', () => {
    fc.assert(
      fc.property(migrationsAndPlace, ([all, place]) => {
        const edited = all.map((each, index) => (index === place ? { ...each, checksum: 'other' } : each));
        expect(planMigrations(edited, all)).toMatchObject({ kind: 'refused' });
        const renamed = all.map((each, index) => (index === place ? { ...each, name: 'Other' } : each));
        expect(planMigrations(renamed, all)).toMatchObject({ kind: 'refused' });
        expect(planMigrations(all.slice(0, place), all)).toMatchObject({ kind: 'refused' });
        const lost = [...all, ...numbered(['last']).map((each) => ({ ...each, number: all.length + 1 }))];
        expect(planMigrations(lost, lost.toSpliced(place, 1))).toMatchObject({ kind: 'refused' });
      }),
    );
  });

  test('the refusals name the migration and what to do', () => {
    const [one, two, three] = numbered(['one', 'two', 'three']);
    if (!one || !two || !three) throw new Error('three migrations');
    const reason = (available: Migration[], applied: Migration[]) => {
      const plan = planMigrations(available, applied);
      return plan.kind === 'refused' ? plan.reason : '';
    };
    expect(reason([one], [one, two])).toMatch(
      /^The database has migration 2 \(two\), .*run the newer Syncline.*\.$/,
    );
    expect(reason([one, two], [one, { ...two, checksum: 'x' }])).toMatch(
      /migration 2 \(two\).*restore the file/,
    );
    expect(reason([one, two, three], [one, three])).toMatch(/migration 3 \(three\) but not migration 2/);
  });
});

describe('the files', () => {
  function directoryWith(files: Record<string, string>): string {
    const directory = mkdtempSync(join(tmpdir(), 'syncline-migrations-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return directory;
  }

  test('of this program are numbered from 1', () => {
    expect(readMigrations().map(({ number }) => number)).toEqual(
      readMigrations().map((_, index) => index + 1),
    );
  });

  test('have the same checksum whatever the line ends of the checkout', () => {
    const [unix] = readMigrations(directoryWith({ '0001-a.sql': 'select 1;\nselect 2;\n' }));
    const [windows] = readMigrations(directoryWith({ '0001-a.sql': 'select 1;\r\nselect 2;\r\n' }));
    expect(windows).toEqual(unix);
  });

  test.each([
    [['0001-a.sql', '0003-c.sql'], '0003-c.sql stands where 0002-'],
    [['0001-a.sql', '0001-b.sql'], '0001-b.sql stands where 0002-'],
    [['0001-a.sql', '2-b.sql'], '2-b.sql stands where 0002-'],
    [['0000-a.sql'], '0000-a.sql stands where 0001-'],
  ])('%j are refused', (names, sentence) => {
    const directory = directoryWith(Object.fromEntries(names.map((name) => [name, 'select 1'])));
    expect(() => readMigrations(directory)).toThrow(Fault);
    expect(() => readMigrations(directory)).toThrow(sentence);
  });
});
