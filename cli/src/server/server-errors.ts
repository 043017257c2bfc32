import { z } from 'zod';
import { CommandFailed } from '../command-failed.ts';

/** RFC 9457, as the server sends it. */
const Problem = z.object({
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** S3's own words, where storage is S3. */
const s3Message = /<Message>([^<]+)<\/Message>/;

/** The network's fault, or nobody is there: trying again may help. */
export class ServerUnreachable extends CommandFailed {
  constructor(url: string, cause: unknown) {
    super(sentenceOfNetworkError(new URL(url).origin, codeOf(cause)), { cause });
  }
}

/** An answer that says no, in the server's own sentence. */
export class ServerRefused extends CommandFailed {
  readonly status: number;
  /** Stable, for programs; empty where no problem+json came. */
  readonly code: string;
  readonly retryAfterMs: number;

  constructor(status: number, code: string, sentence: string, retryAfterSeconds: number) {
    super(sentence);
    this.status = status;
    this.code = code;
    this.retryAfterMs = 1000 * retryAfterSeconds;
  }
}

export function refusedBy(
  url: string,
  answer: { status: number; contentType: string; retryAfter: string | null; body: string },
): ServerRefused {
  const problem = Problem.safeParse(parsedJson(answer.body)).data;
  return new ServerRefused(
    answer.status,
    problem?.code ?? '',
    problem ? sentenceOfProblem(problem) : sentenceOfStranger(url, answer),
    Number(answer.retryAfter) || 0,
  );
}

export function notVerbatim(url: string, what: string): CommandFailed {
  return new CommandFailed(`What answers at ${new URL(url).origin} is no Verbatim server (${what}).`);
}

/** Worth another try: nobody was there, or the server says "later". */
export function isTransient(error: unknown): error is ServerUnreachable | ServerRefused {
  if (error instanceof ServerUnreachable) return true;
  if (!(error instanceof ServerRefused)) return false;
  // A 500 without a code of ours is S3's InternalError, which passes.
  return [429, 502, 503, 504].includes(error.status) || (error.status === 500 && error.code === '');
}

function sentenceOfProblem({ code, detail, errors }: z.infer<typeof Problem>): string {
  if (code === 'auth.required') return 'This server asks for an API key: give --key or set VERBATIM_API_KEY.';
  if (!errors?.length) return detail;
  return `The server refused: ${errors.map(({ message }) => message).join('; ')}.`;
}

function sentenceOfStranger(
  url: string,
  answer: { status: number; contentType: string; body: string },
): string {
  const inXml = s3Message.exec(answer.body)?.[1];
  if (inXml) return `Storage refused the file: ${inXml}`;
  if (answer.status >= 500) return `The server answered ${answer.status}. Try again soon.`;
  return notVerbatim(url, `it answered ${answer.status}, ${answer.contentType || 'without a type'}`).message;
}

/** Undefined where it is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch hides the system's error in `cause`. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error.name === 'TimeoutError') return error.name;
  return error.cause === undefined ? error.message : codeOf(error.cause);
}

function sentenceOfNetworkError(origin: string, code: string): string {
  if (code === 'ECONNREFUSED')
    return `Nothing answers at ${origin}. Start a server with npm start, or name yours with --url.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The name in ${origin} can't be found. Check --url.`;
  if (code === 'TimeoutError') return `The server at ${origin} did not answer in time.`;
  return `The server at ${origin} can't be reached (${code}).`;
}
