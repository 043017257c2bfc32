import { type JobRecord, versionOfCorrection } from '@verbatim/domain';
import { z } from 'zod';
import { finishedResultOf } from './get-transcript.ts';

export const TranscriptVersion = z.object({
  version: z
    .string()
    .describe('`original`, which the engine heard, or `v1`, `v2` … of corrections: for `?version=`.'),
  createdAt: z.iso.datetime(),
  by: z
    .string()
    .nullable()
    .describe(
      'The name of the key that it was made with. Null of the original, and on a server without keys.',
    ),
});
export type TranscriptVersion = z.infer<typeof TranscriptVersion>;

/** Newest first: the first one is what counts. @throws Refused where there is no transcript (yet) */
export function transcriptVersions(job: JobRecord): TranscriptVersion[] {
  finishedResultOf(job);
  const original = {
    version: 'original',
    createdAt: new Date(job.finishedAt ?? job.createdAt).toISOString(),
    by: null,
  };
  const corrections = (job.corrections ?? []).map((correction) => ({
    version: versionOfCorrection(correction),
    createdAt: new Date(correction.at).toISOString(),
    by: correction.by,
  }));
  return [original, ...corrections].toReversed();
}
