import type { LoadOptions } from './load-options.ts';

type Server = Pick<LoadOptions, 'url' | 'key'>;

interface Page {
  items: { jobId: string; status: string }[];
  nextCursor: string | null;
}

/** The server can't be measured; the message says why, and what to do. */
export class NotReady extends Error {}

/** The jobs that were created after it was opened, by the same user. */
export class JobsOfThisRun {
  private readonly server: Server;
  private readonly newestBefore: string | undefined;

  private constructor(server: Server, newestBefore: string | undefined) {
    this.server = server;
    this.newestBefore = newestBefore;
  }

  /** @throws NotReady when there is no server, or none that lets us in */
  static async open(server: Server): Promise<JobsOfThisRun> {
    const { items } = await page(server, 'limit=1');
    return new JobsOfThisRun(server, items[0]?.jobId);
  }

  /** Newest first, in pages of 100. @throws NotReady */
  async statuses(): Promise<string[]> {
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const { items, nextCursor } = await page(this.server, `limit=100${cursor}`);
      for (const { jobId, status } of items) {
        if (jobId === this.newestBefore) return found;
        found.push(status);
      }
      if (!nextCursor) return found;
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
    }
  }
}

async function page({ url, key }: Server, query: string): Promise<Page> {
  const response = await fetch(`${url}/v1/jobs?${query}`, {
    headers: key ? { authorization: `Bearer ${key}` } : {},
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new NotReady(
      `No server answers at ${url} (${reasonOf(error)}). Start one (npm start), or name another with --url.`,
      { cause: error },
    );
  });
  if (response.status === 401) {
    throw new NotReady(`${url} wants an API key that it knows: put one into VERBATIM_API_KEY, or use --key.`);
  }
  const body = (await response.json().catch(() => null)) as Page | null;
  if (!response.ok || !Array.isArray(body?.items)) {
    throw new NotReady(`${url}/v1/jobs answers ${response.status}, and no list of jobs: is it a Verbatim?`);
  }
  return body;
}

/** fetch hides the reason, such as ECONNREFUSED, in the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? message;
}
