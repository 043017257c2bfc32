import { Clock, WorkerRegistry } from '@verbatim/domain';
import { z } from 'zod';
import type { Caller } from '../auth/caller.ts';
import { workerSeenWithinMs } from '../health/worker-seen.ts';

/** What the page has to know before it shows anything: who uses it, and what the server is. */
export const Session = z
  .object({
    user: z.object({
      userId: z.string(),
      /** Of the key they came with; null on a server without keys. */
      keyName: z.string().nullable(),
      operator: z.boolean(),
    }),
    /** How people come in: nobody is asked, or with an API key. */
    signIn: z.enum(['none', 'key']),
    server: z.object({
      version: z.string(),
      /** Of the workers that were seen of late; empty while there are none. */
      models: z.array(z.string()),
      engines: z.array(z.string()),
      /** Shows that everything works, and understands almost nothing. */
      demoModel: z.boolean(),
      maxUploadBytes: z.number().int(),
      /** Of one recording, as it is decoded. */
      maxAudioSeconds: z.number(),
      /** Of uploads in parts: what is much larger than one of them is better sent so. */
      uploadPartBytes: z.number().int(),
    }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export async function describeSession(
  caller: Caller,
  server: Pick<Session['server'], 'version' | 'maxUploadBytes' | 'maxAudioSeconds' | 'uploadPartBytes'>,
  { workers, clock }: { workers: WorkerRegistry; clock: Clock },
): Promise<Session> {
  const rows = await workers.list(clock.now() - workerSeenWithinMs);
  const models = [...new Set(rows.map(({ model }) => model))];
  return {
    user: { userId: caller.userId, keyName: caller.keyName, operator: caller.operator },
    signIn: caller.keyName === null ? 'none' : 'key',
    server: {
      ...server,
      models,
      engines: [...new Set(rows.map(({ engine }) => engine))],
      demoModel: models.includes('demo'),
    },
  };
}
