import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type JobRecord, jobPrefix } from '@verbatim/domain';
import { peaksJson } from '../audio/peaks.ts';
import type { WorkerPorts } from '../worker-ports.ts';
import type { Lease } from './hold-lease.ts';
import type { WorkFolder } from './work-folder.ts';

/** The whole recording as 16 kHz mono PCM, the only thing an engine ever sees. */
export interface ProbedAudio {
  /** One with all channels mixed, or one for each channel. */
  tracks: { channel: number | null; wavPath: string }[];
  /** Decoded, not declared. */
  durationSeconds: number;
  /** The file declares clearly more. */
  truncated: boolean;
}

/**
 * Fetches exactly the bytes that were accepted and decodes them in a sandbox, under a name of our own. Leaves the outline
 * of the waveform beside the results.
 * @throws ObjectMissing, ObjectChanged, JobFailure (audio.*)
 */
export async function probeAudio(
  job: JobRecord,
  folder: WorkFolder,
  lease: Lease,
  ports: WorkerPorts,
): Promise<ProbedAudio> {
  const { signal } = lease;
  const sourcePath = join(folder.path, 'input.bin');
  const wavPath = join(folder.path, 'audio.wav');
  const { body } = await ports.objects.get('audio', job.audioKey, {
    signal,
    ...(job.audioEtag === null ? {} : { ifMatch: job.audioEtag }),
  });
  await pipeline(Readable.from(body), createWriteStream(sourcePath), { signal });

  const rightChannelPath = join(folder.path, 'right.wav');
  const { durationSeconds, truncated, channelsDiffer } = await ports.decoder.decode(sourcePath, wavPath, {
    maxSeconds: ports.maxAudioSeconds,
    signal,
    ...(job.options.channels === 'separate' && { rightChannelPath }),
  });
  lease.progress({ durationSeconds });
  // Asked for, but both channels say the same: one speaker would be heard twice.
  const tracks = channelsDiffer
    ? [wavPath, rightChannelPath].map((path, channel) => ({ channel, wavPath: path }))
    : [{ channel: null, wavPath }];
  await ports.objects.put(
    'transcripts',
    `${jobPrefix(job.userId, job.jobId)}peaks.json`,
    peaksJson(
      tracks.map((track) => track.wavPath),
      durationSeconds,
    ),
    { contentType: 'application/json', signal },
  );
  return { tracks, durationSeconds, truncated };
}
