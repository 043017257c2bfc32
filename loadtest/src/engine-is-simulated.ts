import type { LoadOptions } from './load-options.ts';

/** Whether any worker of the server says so; false where it tells nothing of its workers. */
export async function engineIsSimulated({ url }: Pick<LoadOptions, 'url'>): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    const { details } = (await answer.json()) as { details?: { workers?: { simulated?: boolean } } };
    return details?.workers?.simulated === true;
  } catch {
    return false;
  }
}
