/** In which order the tasks of a run begin, and which do not because of how others ended (Identity Manager: jobs, state machine). Pure. */
import type { RunState, TaskDefinition } from '../model/job.ts';

/**
 * The tasks in portions: all of one portion run side by side, and a portion begins when the one before has ended. A level with more
 * than `mostAtOnce` tasks is done in several (Identity Manager: `Jobs.MaxTaskBatchSize`).
 */
export function portionsOf<Task extends Readonly<{ level: number }>>(
  tasks: readonly Task[],
  mostAtOnce: number,
): readonly (readonly Task[])[] {
  const portions: Task[][] = [];
  const levels = [...new Set(tasks.map(({ level }) => level))].sort((one, other) => one - other);
  for (const level of levels) {
    const together = tasks.filter((task) => task.level === level);
    for (let start = 0; start < together.length; start += mostAtOnce) {
      portions.push(together.slice(start, start + mostAtOnce));
    }
  }
  return portions;
}

/**
 * Why a task is passed over, given how the tasks it depends on ended; undefined when it may run. One that was passed over because
 * it has nothing to do keeps nobody from running.
 */
export function reasonToSkip(
  { kind, dependsOn }: Pick<TaskDefinition, 'kind' | 'dependsOn'>,
  endings: ReadonlyMap<string, Readonly<{ state: RunState; isIdle: boolean }>>,
): string | undefined {
  if (kind === 'none') return 'It has nothing to do here.';
  for (const parent of dependsOn) {
    const ending = endings.get(parent);
    if (ending === undefined || ending.isIdle || ending.state === 'succeeded') continue;
    return `${parent} ${stateWords[ending.state]}, and this depends on it.`;
  }
  return undefined;
}

const stateWords: Readonly<Record<RunState, string>> = {
  queued: 'has not run',
  running: 'has not ended',
  succeeded: 'succeeded',
  'succeeded-with-warnings': 'ended with a warning',
  failed: 'failed',
  blocked: 'is blocked',
  cancelled: 'was cancelled',
  skipped: 'was passed over',
};

/** The state of a run whose tasks ended so; the gravest wins. */
export function stateOfRun(states: readonly RunState[]): RunState {
  for (const state of ['blocked', 'failed', 'cancelled', 'succeeded-with-warnings'] as const) {
    if (states.includes(state)) return state;
  }
  return 'succeeded';
}
