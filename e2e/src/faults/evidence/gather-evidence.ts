import { VerbatimClient } from '../../drivers/verbatim-client.ts';
import type { Journey } from '../clients/journey.ts';
import { users } from '../system/users.ts';
import type { Evidence, PromisedJob } from './evidence.ts';

/** What was promised, by the journeys of the clients that got an id. */
export function promisedJobs(journeys: readonly Journey[], texts: Map<string, string>): PromisedJob[] {
  return journeys.flatMap(({ plan, jobId, withdrawn, seen, trouble }) => {
    if (jobId === null) return [];
    const { user, recording, fate } = plan;
    return {
      ...{ jobId, withdrawn, fate, trouble },
      userId: user.userId,
      recordingSeconds: recording.seconds,
      text: texts.get(recording.fileName) ?? '',
      seen: seen.map(({ status, attempt }) => ({ status, attempt })),
    };
  });
}

/** What each user sees through the api, of its own and of others. `countsOnce`: no lost answer counts audio twice. */
export async function lookFromOutside(
  baseUrl: string,
  promised: readonly PromisedJob[],
  { countsOnce }: { countsOnce: boolean },
): Promise<Pick<Evidence, 'listed' | 'foreignAnswers' | 'counted'>> {
  const listed = new Map<string, string[]>();
  const counted = new Map<string, number>();
  const foreignAnswers: string[] = [];
  for (const { userId, key } of users) {
    const client = new VerbatimClient(baseUrl, key);
    listed.set(userId, await listAll(client));
    const { audio } = await client.json<{ audio: { usedSeconds: number } }>('/v1/usage');
    counted.set(userId, audio.usedSeconds);
    const foreign = promised.filter((job) => job.userId !== userId).slice(0, 25);
    for (const { jobId, userId: owner } of foreign) {
      const { status } = await client.fetch(`/v1/jobs/${jobId}`);
      if (status !== 404)
        foreignAnswers.push(`${userId} asked for a job of ${owner} and was answered ${status}`);
    }
  }
  return { listed, foreignAnswers, counted: countsOnce ? counted : null };
}

interface Page {
  items: { jobId: string }[];
  nextCursor: string | null;
}

async function listAll(client: VerbatimClient): Promise<string[]> {
  const first = '/v1/jobs?limit=100';
  const pages: Page[] = [await client.json<Page>(first)];
  for (let last = pages[0]; last?.nextCursor; last = pages.at(-1)) {
    pages.push(await client.json<Page>(`${first}&cursor=${encodeURIComponent(last.nextCursor)}`));
  }
  return pages.flatMap(({ items }) => items.map(({ jobId }) => jobId));
}
