/** What tasks told while they ran: page by page, from the end, searched, and as a file. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { type LogLine, readTaskRunLog, readTaskRunLogEnd } from '../../store/task-run-log.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import { logLevels, logPageSchema } from '../schemas/runs.ts';
import { numberInPath, ok, problems, text } from './route-parts.ts';
import { requireRun, runParams } from './runs.ts';

const taskRunParams = runParams.extend({ taskRunId: numberInPath('taskRunId') });
const tags = ['Runs'];

const selection = {
  level: z.enum(logLevels).optional().openapi({ description: 'Lines of this level and graver ones.' }),
  q: z.string().max(200).optional().openapi({ description: 'Lines with this text, in any case.' }),
};

const logQuerySchema = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0)
    .openapi({ description: 'Only lines after the one of this number: `nextAfter` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  tail: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: 'The last lines instead of the first.' }),
  ...selection,
});

export function addRunLog(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const log = createRoute({
    ...needs(sql, '/Jobs/RunJob/GetLog'),
    method: 'get',
    path: '/api/runs/{jobRunId}/tasks/{taskRunId}/log',
    tags,
    summary: 'Read what a task told while it ran',
    request: { params: taskRunParams, query: logQuerySchema },
    responses: { 200: ok('Lines in their order.', logPageSchema), ...problems(404) },
  });
  app.openapi(log, async (c) => {
    const { jobRunId, taskRunId } = c.req.valid('param');
    const { after, limit, tail, level, q } = c.req.valid('query');
    await requireTaskRun(sql, jobRunId, taskRunId);
    const wanted = { level, search: q || undefined, limit };
    const lines =
      tail === 'true'
        ? await readTaskRunLogEnd(sql, taskRunId, wanted)
        : await readTaskRunLog(sql, taskRunId, { ...wanted, after });
    return c.json(
      {
        lines: lines.map(({ loggedAt, ...line }) => ({ ...line, loggedAt: text(loggedAt) })),
        // A line may still come: a reader who is at the end asks again from here.
        nextAfter: lines.at(-1)?.lineNumber ?? after,
      },
      200,
    );
  });

  const file = createRoute({
    ...needs(sql, '/Jobs/RunJob/GetLog'),
    method: 'get',
    path: '/api/runs/{jobRunId}/tasks/{taskRunId}/log.txt',
    tags,
    summary: 'Download what a task told',
    request: { params: taskRunParams, query: z.strictObject(selection) },
    responses: {
      200: {
        description: 'A line each, with its time and level.',
        content: { 'text/*': { schema: z.string() } },
      },
      ...problems(404),
    },
  });
  app.openapi(file, async (c) => {
    const { jobRunId, taskRunId } = c.req.valid('param');
    const { level, q } = c.req.valid('query');
    await requireTaskRun(sql, jobRunId, taskRunId);
    const read = (after: number) =>
      readTaskRunLog(sql, taskRunId, { level, search: q || undefined, after, limit: portionLines });
    return textDownload(c, `run-${jobRunId}-task-${taskRunId}.log`, read);
  });
}

const portionLines = 1000;

/** Portion by portion, so that a long log is never whole in memory. */
function textDownload(
  c: ApiContext,
  fileName: string,
  read: (after: number) => Promise<LogLine[]>,
): Response {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Disposition': `attachment; filename="${fileName}"`,
  };
  if (c.req.method === 'HEAD') return c.body(null, 200, headers);
  const encoder = new TextEncoder();
  let after = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const lines = await read(after);
      if (lines.length > 0) controller.enqueue(encoder.encode(lines.map(lineText).join('')));
      after = lines.at(-1)?.lineNumber ?? after;
      if (lines.length < portionLines) controller.close();
    },
  });
  return c.body(body, 200, headers);
}

function lineText({ loggedAt, level, message }: LogLine): string {
  return `${text(loggedAt)} ${level} ${message.replaceAll('\n', '\n  ')}\n`;
}

async function requireTaskRun(sql: Sql, jobRunId: number, taskRunId: number): Promise<void> {
  const run = await requireRun(sql, jobRunId);
  if (run.tasks.some((task) => task.taskRunId === taskRunId)) return;
  throw new Refusal('task-run-unknown', `The run ${jobRunId} has no task run ${taskRunId}.`);
}
