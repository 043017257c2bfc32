import { z } from 'zod';
import type { QuotaPorts } from './admit-job.ts';

/** What a user has used of what the server allows; null where it sets no limit. */
export const Usage = z.object({
  openJobs: z.object({
    limit: z.number().int().nullable(),
    /** Jobs that have not ended, as of the last seconds; null without a limit: then nobody counts. */
    used: z.number().int().nullable(),
  }),
  /** Decoded audio, each job once. */
  audio: z.object({
    limitSeconds: z.number().int().nullable(),
    usedSeconds: z.number().int(),
    /** When the count begins again. */
    resetsAt: z.iso.datetime(),
  }),
});
export type Usage = z.infer<typeof Usage>;

export async function usageOf(userId: string, { openJobLimit, audioBudget }: QuotaPorts): Promise<Usage> {
  const [open, { count, resetsAt }] = await Promise.all([
    openJobLimit.count(userId),
    audioBudget.used(userId),
  ]);
  return {
    openJobs: { limit: openJobLimit.limit, used: open },
    audio: {
      limitSeconds: audioBudget.limitSeconds,
      usedSeconds: count,
      resetsAt: new Date(resetsAt).toISOString(),
    },
  };
}
