import { downloadLinkMs, signDownloadLink } from '@verbatim/adapters';
import type { EpochMs, JobRecord } from '@verbatim/domain';
import { Refused } from '../refused.ts';
import type { JobPorts } from './job-ports.ts';

/** Long enough to listen for a while; a player asks for another one when it has died. */
const audioSeconds = 60 * 60;

export const linkTargets = ['audio', 'transcript'] as const;
export type LinkTarget = (typeof linkTargets)[number];

export interface Link {
  url: string;
  expiresAt: EpochMs;
}

/**
 * An address that works without a key: of the transcript's text, to be passed on, for 24 hours; of the recording, for a
 * player, which can't show a key, for an hour. @throws Refused where there is nothing to lead to
 */
export async function linkTo(
  target: LinkTarget,
  job: JobRecord,
  { objects, clock }: Pick<JobPorts, 'objects' | 'clock'>,
  { secret, publicUrl }: { secret: string; publicUrl: string },
): Promise<Link> {
  if (target === 'transcript') {
    if (!job.result) throw new Refused('job.no_transcript');
    if (job.transcriptRemovedAt !== null) throw new Refused('transcript.removed');
    const expiresAt = clock.now() + downloadLinkMs;
    const token = signDownloadLink({ jobId: job.jobId, run: job.run, expiresAt }, secret);
    return { url: `${publicUrl}/d/${token}`, expiresAt };
  }
  if (job.audioEtag === null) throw new Refused('upload.missing');
  if (job.audioRemovedAt !== null) throw new Refused('audio.removed');
  const terms = { expiresInSeconds: audioSeconds, fileName: job.fileName };
  const url = await objects.presignDownload('audio', job.audioKey, terms);
  return { url, expiresAt: clock.now() + audioSeconds * 1000 };
}
