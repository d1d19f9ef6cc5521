/** What went wrong with a request, as the server told it (RFC 9457) or as the browser noticed it. */
import { t } from '../texts/texts.ts';

export type ProblemBody = Readonly<{
  status: number;
  code: string;
  detail: string;
  requestId?: string;
  field?: string;
  jobRunId?: number;
  version?: number;
  changedBy?: string;
  changedAt?: string;
}>;

/** The one kind of error that the console's requests end with. Its message is a sentence for people. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.body = body;
  }

  get status(): number {
    return this.body.status;
  }

  get code(): string {
    return this.body.code;
  }
}

/** No answer at all: no server, no network. */
export function unreachable(): Problem {
  return new Problem({ status: 0, code: 'unreachable', detail: t('error.unreachable') });
}

/** Whatever was thrown, as a problem. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ status: 0, code: 'defect', detail });
}

/** The problem that an answer carries. */
export async function readProblem(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isProblemBody(body)) return new Problem(body);
  const { status } = response;
  return new Problem({ status, code: 'unreadable', detail: t('error.unreadable', { status }) });
}

function isProblemBody(body: unknown): body is ProblemBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string' &&
    'status' in body
  );
}
