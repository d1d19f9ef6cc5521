/** The log of a task run: what it told while it ran, line by line. */
import type { ISql, Sql } from 'postgres';

export type LogLevel = 'debug' | 'information' | 'warning' | 'error';

export type LogLine = Readonly<{ lineNumber: number; level: LogLevel; message: string; loggedAt: Date }>;

/** Adds a line to the end. */
export async function appendTaskRunLog(
  sql: Sql,
  taskRunId: number,
  level: LogLevel,
  message: string,
): Promise<void> {
  await sql`insert into task_run_log (task_run_id, level, message) values (${taskRunId}, ${level}, ${message})`;
}

export type LogSelection = Readonly<{
  /** This level and graver ones. */
  level?: LogLevel | undefined;
  /** Plain text in the line, in any case. */
  search?: string | undefined;
}>;

/** Lines after the one of that number, in their order. */
export async function readTaskRunLog(
  sql: ISql,
  taskRunId: number,
  { after, limit, ...selection }: LogSelection & Readonly<{ after: number; limit: number }>,
): Promise<LogLine[]> {
  return await sql<LogLine[]>`
    select line_number, level, message, logged_at from task_run_log
    where task_run_id = ${taskRunId} and line_number > ${after} and ${isSelected(sql, selection)}
    order by line_number limit ${limit}`;
}

/** The last lines, in their order. */
export async function readTaskRunLogEnd(
  sql: ISql,
  taskRunId: number,
  { limit, ...selection }: LogSelection & Readonly<{ limit: number }>,
): Promise<LogLine[]> {
  const lines = await sql<LogLine[]>`
    select line_number, level, message, logged_at from task_run_log
    where task_run_id = ${taskRunId} and ${isSelected(sql, selection)}
    order by line_number desc limit ${limit}`;
  return lines.reverse();
}

function isSelected(sql: ISql, { level, search }: LogSelection) {
  // The type has its values in the order of their gravity.
  return sql`${level === undefined ? sql`true` : sql`level >= ${level}`}
    and ${search === undefined ? sql`true` : sql`strpos(lower(message), lower(${search})) > 0`}`;
}
