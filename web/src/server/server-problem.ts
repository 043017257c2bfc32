/** What the server, or the way to it, had to say: RFC 9457 with Verbatim's stable `code`. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem';
  readonly code: string;
  /** 0: no answer came. */
  readonly status: number;
  /** What to tell the operator, who finds it in the log. */
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(problem: {
    code: string;
    status: number;
    message: string;
    requestId?: string | null;
    retryAfterSeconds?: number | null;
    cause?: unknown;
  }) {
    super(problem.message, { cause: problem.cause });
    this.code = problem.code;
    this.status = problem.status;
    this.requestId = problem.requestId ?? null;
    this.retryAfterSeconds = problem.retryAfterSeconds ?? null;
  }
}

/** The code for "no answer": the server is down, or the way to it is. */
export const unreachable = 'server.unreachable';

export function noAnswer(cause?: unknown): ServerProblem {
  return new ServerProblem({ code: unreachable, status: 0, message: 'No answer', cause });
}

export async function problemOf(response: Response): Promise<ServerProblem> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const said = (body ?? {}) as { code?: string; detail?: string; requestId?: string };
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ServerProblem({
    code: said.code ?? `http.${response.status}`,
    status: response.status,
    message: said.detail ?? response.statusText,
    requestId: said.requestId ?? null,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
  });
}

/** Whether the same request may succeed in a moment. What the server refused, it will refuse again. */
export function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof ServerProblem)) return false;
  return error.status === 0 || error.status === 429 || error.status >= 500;
}
