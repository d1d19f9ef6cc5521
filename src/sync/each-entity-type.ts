/** Entity types side by side: one that fails does not stop the others, and is not forgotten. */
import { Fault } from '../errors.ts';
import type { EntityType } from '../model/entity-type.ts';
import type { Report } from './progress.ts';

/** Does all entity types at once, to the end of each, and then throws what went wrong. */
export async function forEach(
  entityTypes: readonly EntityType[],
  report: Report,
  work: (entityType: EntityType) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    entityTypes.map(async (entityType) => {
      try {
        await work(entityType);
      } catch (error) {
        failures.push(error);
        const message = error instanceof Error ? error.message : String(error);
        report({ kind: 'failed', objectClass: entityType.name, message });
      }
    }),
  );
  const [first] = failures;
  if (first === undefined) return;
  const sentences = new Set(
    failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))),
  );
  const defect = failures.find((failure) => !(failure instanceof Fault));
  if (defect !== undefined || !(first instanceof Fault) || sentences.size === 1) throw defect ?? first;
  throw new Fault(first.code, [...sentences].join(' '), { cause: first });
}
