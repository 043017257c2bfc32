import { readDownloadLink } from '@verbatim/adapters';
import { newestTextKeyOf } from '@verbatim/domain';
import { fileNameAs } from '../http/content-disposition.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { Refused } from '../refused.ts';

/** The address that a link redirects to dies long before it could be passed on. */
const downloadSeconds = 60;

/**
 * A signed link leads to a short-lived address of the transcript's text, as it was corrected last. Ours and not a
 * presigned one of S3: those end with the session of the role that signed them, often within the hour.
 */
export async function openLink(
  token: string,
  secret: string,
  ports: Pick<JobPorts, 'jobs' | 'objects' | 'clock'>,
): Promise<string> {
  const link = readDownloadLink(token, secret, ports.clock.now());
  if (!link) throw new Refused('link.unknown');
  if (link.expired) throw new Refused('link.expired');

  const job = await ports.jobs.get(link.jobId);
  if (!job || job.erase || job.run !== link.run) throw new Refused('link.unknown');
  const textKey = newestTextKeyOf(job);
  if (textKey === null) throw new Refused('link.unknown');
  if (job.transcriptRemovedAt !== null) throw new Refused('transcript.removed');
  return ports.objects.presignDownload('transcripts', textKey, {
    expiresInSeconds: downloadSeconds,
    fileName: fileNameAs(job.fileName, 'txt'),
  });
}
