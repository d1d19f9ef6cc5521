/**
 * Brings the database to the schema of this program: numbered SQL files, each applied once, in order, in a transaction
 * of its own, and never changed afterwards.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import { transact } from './transaction.ts';

/** One file of `db/migrations`, `0001-some-words.sql`. */
export type Migration = Readonly<{ number: number; name: string; checksum: string; statements: string }>;

/** One row of the table `migration`. */
export type AppliedMigration = Readonly<{ number: number; name: string; checksum: string }>;

export type MigrationPlan =
  | Readonly<{ kind: 'pending'; migrations: readonly Migration[] }>
  /** One sentence: what is wrong and what to do. */
  | Readonly<{ kind: 'refused'; reason: string }>;

/** Reads the migrations of this program, in order. Throws a `Fault` when their numbers have a gap or a double. */
export function readMigrations(directory = join(import.meta.dirname, '../../db/migrations')): Migration[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  return names.sort().map((fileName, index) => {
    const [, digits, name] = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(fileName) ?? [];
    if (Number(digits) !== index + 1 || name === undefined) {
      throw new Fault(
        'migration-refused',
        `The file db/migrations/${fileName} stands where ${String(index + 1).padStart(4, '0')}-….sql is due: number the migrations without a gap or a double.`,
      );
    }
    // A checkout on Windows may have other line ends; that is no change.
    const statements = readFileSync(join(directory, fileName), 'utf8').replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(statements).digest('hex');
    return { number: index + 1, name, checksum, statements };
  });
}

/** Compares what the program brings with what the database has, both in the order of their numbers. */
export function planMigrations(
  available: readonly Migration[],
  applied: readonly AppliedMigration[],
): MigrationPlan {
  for (const [index, row] of applied.entries()) {
    const title = `migration ${row.number} (${row.name})`;
    const file = available[index];
    if (row.number !== index + 1) {
      return refused(`has ${title} but not migration ${index + 1} before it: restore it from a backup`);
    }
    if (!file) {
      return refused(
        `has ${title}, which this Syncline does not know yet: run the newer Syncline that made it`,
      );
    }
    if (file.name !== row.name || file.checksum !== row.checksum) {
      return refused(
        `was made with another ${title} than the file in db/migrations: restore the file as released, and put changes into a new migration`,
      );
    }
  }
  return { kind: 'pending', migrations: available.slice(applied.length) };
}

/**
 * Applies what is pending and returns it. Any number of programs may do this at once: one applies, the others wait.
 * Throws a `Fault` with code `migration-refused` when the database does not fit this program.
 */
export async function migrate(sql: Sql, available: readonly Migration[]): Promise<Migration[]> {
  const done: Migration[] = [];
  for (;;) {
    const migration = await applyNext(sql, available);
    if (!migration) return done;
    done.push(migration);
  }
}

async function applyNext(sql: Sql, available: readonly Migration[]): Promise<Migration | undefined> {
  return await transact(sql, async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${advisoryLock})`;
    await transaction`
      create table if not exists migration (
        number     integer     primary key,
        name       text        not null,
        checksum   text        not null,
        applied_at timestamptz not null default now()
      )`;
    const applied = await transaction<
      AppliedMigration[]
    >`select number, name, checksum from migration order by number`;
    const plan = planMigrations(available, applied);
    if (plan.kind === 'refused') throw new Fault('migration-refused', plan.reason);
    const [next] = plan.migrations;
    if (!next) return undefined;
    await transaction.unsafe(next.statements);
    await transaction`
      insert into migration (number, name, checksum) values (${next.number}, ${next.name}, ${next.checksum})`;
    return next;
  });
}

/** Any fixed number; it reads "syncline" on a telephone's keys. */
const advisoryLock = 79625463;

function refused(reason: string): MigrationPlan {
  return { kind: 'refused', reason: `The database ${reason}.` };
}
