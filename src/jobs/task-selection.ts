/** Which tasks of a job a launch wants (Identity Manager: Usercube-Invoke-Job, arguments). Pure. */
import type { TaskDefinition } from '../model/job.ts';

/** All that is not given leaves every task in. */
export type TaskSelection = Readonly<{
  /** Only this task. */
  taskIdentifier?: string;
  /** From this task on. */
  beginStep?: string;
  /** Up to this task. */
  endStep?: string;
  /** The first task of this kind, by the name of its element, such as `Synchronize` or `SynchronizeTask`. */
  taskType?: string;
  /** Tasks whose identifier contains this. */
  taskContains?: string;
  /** These tasks, in whatever order they are named. */
  tasks?: readonly string[];
}>;

export type SelectedTasks =
  | Readonly<{ kind: 'tasks'; tasks: readonly TaskDefinition[] }>
  | Readonly<{ kind: 'refused'; reason: string }>;

/** The tasks to run, in their order. What depends on a task that is left out does not wait for it. */
export function selectTasks(tasks: readonly TaskDefinition[], selection: TaskSelection): SelectedTasks {
  const { taskIdentifier, beginStep, endStep, taskType, taskContains, tasks: named = [] } = selection;
  if (tasks.length === 0) return refused('The job has no tasks: add some to it and deploy it again.');
  for (const [option, identifier] of [
    ['the task', taskIdentifier],
    ['the first step', beginStep],
    ['the last step', endStep],
    ...named.map((identifier) => ['one of the tasks', identifier] as const),
  ] as const) {
    if (identifier !== undefined && positionOf(tasks, identifier) < 0) {
      const known = tasks.map((task) => task.identifier).join(', ');
      return refused(
        `The job has no task ${JSON.stringify(identifier)}, given as ${option}: choose from ${known}.`,
      );
    }
  }
  const first = beginStep === undefined ? 0 : positionOf(tasks, beginStep);
  const last = endStep === undefined ? tasks.length - 1 : positionOf(tasks, endStep);
  if (first > last) {
    return refused(`The first step ${beginStep} comes after the last step ${endStep}: exchange them.`);
  }
  let wanted = tasks.slice(first, last + 1);
  if (taskIdentifier !== undefined) wanted = wanted.filter((task) => isSame(task.identifier, taskIdentifier));
  if (selection.tasks !== undefined) {
    wanted = wanted.filter((task) => named.some((identifier) => isSame(task.identifier, identifier)));
  }
  if (taskContains !== undefined) {
    const part = taskContains.toLowerCase();
    wanted = wanted.filter(({ identifier }) => identifier.toLowerCase().includes(part));
  }
  if (taskType !== undefined) {
    wanted = wanted.filter(({ options }) => isSame(bare(options.element ?? ''), bare(taskType))).slice(0, 1);
  }
  if (wanted.length === 0) return refused('No task of the job is what was asked for: leave an option out.');
  const identifiers = new Set(wanted.map(({ identifier }) => identifier));
  return {
    kind: 'tasks',
    tasks: wanted.map((task) => ({
      ...task,
      dependsOn: task.dependsOn.filter((parent) => identifiers.has(parent)),
    })),
  };
}

function positionOf(tasks: readonly TaskDefinition[], identifier: string): number {
  return tasks.findIndex((task) => isSame(task.identifier, identifier));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function bare(element: string): string {
  return element.replace(/Task$/i, '');
}

function refused(reason: string): SelectedTasks {
  return { kind: 'refused', reason };
}
