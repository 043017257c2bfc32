import { z } from 'zod';
import { JobStatus } from '../job/job-status.ts';

/** On `transcription`: do this job. Chunks of long recordings will get a kind of their own. */
export const JobMessage = z.object({
  kind: z.literal('job'),
  jobId: z.string(),
  run: z.number().int(),
});
export type JobMessage = z.infer<typeof JobMessage>;

/** On `notification`: tell people that this run ended so. */
export const JobFinishedMessage = z.object({
  kind: z.literal('job-finished'),
  jobId: z.string(),
  run: z.number().int(),
  status: JobStatus,
});
export type JobFinishedMessage = z.infer<typeof JobFinishedMessage>;

/** The message in a queue's body, or null when it is none of ours. */
export function decodeMessage<T>(schema: z.ZodType<T>, body: string): T | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  return schema.safeParse(json).data ?? null;
}
