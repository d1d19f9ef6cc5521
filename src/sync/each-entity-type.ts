/** Entity types side by side: one that fails does not stop the others, and is not forgotten. */
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import type { EntityType } from '../model/entity-type.ts';
import { failClass } from '../store/runs.ts';
import type { Report } from './progress.ts';

/** The run that the works are part of. */
export type Works = Readonly<{ sql: Sql; runId: number; signal: AbortSignal; report: Report }>;

/** Does all entity types at once, to the end of each, and then throws what went wrong. */
export async function forEach(
  run: Works,
  entityTypes: readonly EntityType[],
  work: (entityType: EntityType) => Promise<void>,
): Promise<void> {
  const works = entityTypes.map((entityType) => ({
    objectClass: entityType.name,
    work: () => work(entityType),
  }));
  throwFailures(await collectFailures(run, works));
}

/** What is to be done for an entity type. */
export type EntityTypeWork = Readonly<{ objectClass: string; work: () => Promise<void> }>;

/**
 * Does all at once, to the end of each, and gives what went wrong, which is told of, and noted in the run, as it happens. What ends
 * because the run is cancelled is noted with the end of the run.
 */
export async function collectFailures(
  { sql, runId, signal, report }: Works,
  works: readonly EntityTypeWork[],
): Promise<unknown[]> {
  const failures: unknown[] = [];
  await Promise.all(
    works.map(async ({ objectClass, work }) => {
      try {
        await work();
      } catch (error) {
        failures.push(error);
        const message = error instanceof Error ? error.message : String(error);
        report({ kind: 'failed', objectClass, message });
        // Where the database is what is gone, the next run notes it.
        if (!signal.aborted) await failClass(sql, runId, objectClass, message).catch(() => undefined);
      }
    }),
  );
  return failures;
}

/** Throws failures as one: a defect before all faults, and else a fault of the first one's kind that says what each says. */
export function throwFailures(failures: readonly unknown[]): void {
  const [first] = failures;
  if (first === undefined) return;
  const sentences = new Set(
    failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))),
  );
  const defect = failures.find((failure) => !(failure instanceof Fault));
  if (defect !== undefined || !(first instanceof Fault) || sentences.size === 1) throw defect ?? first;
  throw new Fault(first.code, [...sentences].join(' '), { cause: first });
}
