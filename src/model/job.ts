/** Jobs: named, ordered lists of tasks with a schedule; and the states that their runs go through. */

/** What a task does when it runs. */
export const taskKinds = [
  /** Reads and applies everything of some connections. */
  'synchronize',
  /** Reads sets and leaves them complete. */
  'export',
  /** Applies complete sets. */
  'apply',
  /** Compares the store with a fresh read. */
  'verify',
  /** Reconciles a mapping. */
  'reconcile',
  /** Writes CSV files and cookies. */
  'write-files',
  /** Deploys a configuration directory. */
  'deploy-configuration',
  /** Belongs to the configuration and has nothing to do here: it is passed over. */
  'none',
] as const;
export type TaskKind = (typeof taskKinds)[number];

export type TaskDefinition = Readonly<{
  /** Unique in the job. */
  identifier: string;
  displayName: string;
  kind: TaskKind;
  /** Tasks of one level run side by side; a level begins when the one before has ended. */
  level: number;
  /** Connections it works on, by name. */
  connections: readonly string[];
  /** Read everything instead of what has changed. */
  isFull: boolean;
  /** Apply whatever the guards say. */
  isForced: boolean;
  /** A failure is a warning, and what depends on the task does not run. */
  continuesOnError: boolean;
  /** Tasks of the job that have to succeed first. */
  dependsOn: readonly string[];
  /** What else the kind needs, such as `directory`. */
  options: Readonly<Record<string, string>>;
}>;

export type JobDefinition = Readonly<{
  /** How it is launched and found; unique whatever the case. */
  identifier: string;
  displayName: string;
  /** A cron expression; null where it is launched only by hand or by others. */
  schedule: string | null;
  /** An IANA name. */
  timeZone: string;
  /** Runs again and again with a pause that adapts; without a cron expression then. */
  follow?: Follow;
  isIncremental: boolean;
  /** Only the schedule may launch it. */
  isUserStartDenied: boolean;
  tasks: readonly TaskDefinition[];
}>;

/** How closely a connection is followed: the shortest and the longest pause between two runs. */
export type Follow = Readonly<{ floorSeconds: number; ceilingSeconds: number }>;

export const runStates = [
  'queued',
  'running',
  'succeeded',
  /** Something was passed over or failed that the job can do without. */
  'succeeded-with-warnings',
  'failed',
  /** A guard holds a set back until a person resumes or discards it. */
  'blocked',
  'cancelled',
  /** Of a task: never begun, because of what came before it, or because there is nothing to do. */
  'skipped',
] as const;
export type RunState = (typeof runStates)[number];

const finalStates: ReadonlySet<RunState> = new Set<RunState>([
  'succeeded',
  'succeeded-with-warnings',
  'failed',
  'blocked',
  'cancelled',
  'skipped',
]);

/** Whether nothing more happens in this state by itself. */
export function isFinal(state: RunState): boolean {
  return finalStates.has(state);
}
