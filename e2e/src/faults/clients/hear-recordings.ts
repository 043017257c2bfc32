import { VerbatimClient } from '../../drivers/verbatim-client.ts';
import { users } from '../system/users.ts';
import { type Journey, travel } from './journey.ts';
import { longRecording, recordings } from './recordings.ts';

/**
 * Has each recording transcribed once before anything goes wrong. The engine is deterministic, so whatever happens later,
 * the same recording has to say the same.
 */
export async function hearRecordings(
  baseUrl: string,
  stop: AbortSignal,
): Promise<{ journeys: Journey[]; texts: Map<string, string> }> {
  const [user] = users;
  if (!user) throw new Error('there is no user');
  const client = new VerbatimClient(baseUrl, user.key);
  const until = AbortSignal.any([stop, AbortSignal.timeout(120_000)]);
  const heard = await Promise.all(
    [longRecording, ...recordings].map(async (recording) => {
      const plan = {
        index: -1,
        user,
        recording,
        fate: 'keep',
        secondThoughtsMs: 0,
        announcements: 1,
      } as const;
      const journey = await travel(plan, { baseUrl, until, pollMs: 100 });
      if (journey.jobId === null || journey.seen.at(-1)?.status !== 'COMPLETED') {
        const { trouble, seen } = journey;
        throw new Error(
          `${recording.fileName} was not transcribed before anything went wrong: ${trouble ?? seen.at(-1)?.status}`,
        );
      }
      return { journey, text: (await client.transcript(journey.jobId)).text };
    }),
  );
  return {
    journeys: heard.map(({ journey }) => journey),
    texts: new Map(heard.map(({ journey, text }) => [journey.plan.recording.fileName, text])),
  };
}
