import { z } from 'zod';
import { JobStatus } from '../job/job-status.ts';

/** On `transcription`: do this job. */
export const JobMessage = z.object({
  kind: z.literal('job'),
  jobId: z.string(),
  run: z.number().int(),
});
export type JobMessage = z.infer<typeof JobMessage>;

/** On `transcription`: do this chunk of a job that was cut. */
export const ChunkMessage = z.object({
  kind: z.literal('chunk'),
  jobId: z.string(),
  run: z.number().int(),
  chunk: z.number().int().min(0),
});
export type ChunkMessage = z.infer<typeof ChunkMessage>;

export const TranscriptionMessage = z.discriminatedUnion('kind', [JobMessage, ChunkMessage]);
export type TranscriptionMessage = z.infer<typeof TranscriptionMessage>;

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
