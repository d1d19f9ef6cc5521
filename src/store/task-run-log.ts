/** The log of a task run: what it told while it ran, line by line. */
import type { Sql } from 'postgres';

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

/** Lines after the one of that number, in their order. */
export async function readTaskRunLog(
  sql: Sql,
  taskRunId: number,
  { after, limit }: Readonly<{ after: number; limit: number }>,
): Promise<LogLine[]> {
  return await sql<LogLine[]>`
    select line_number, level, message, logged_at from task_run_log
    where task_run_id = ${taskRunId} and line_number > ${after} order by line_number limit ${limit}`;
}
