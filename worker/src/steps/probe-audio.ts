import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JobRecord } from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import type { Lease } from './hold-lease.ts';
import type { WorkFolder } from './work-folder.ts';

/** The whole recording as 16 kHz mono PCM, the only thing an engine ever sees. */
export interface ProbedAudio {
  wavPath: string;
  /** Decoded, not declared. */
  durationSeconds: number;
}

/**
 * Fetches exactly the bytes that were accepted and decodes them in a sandbox, under a name of our own.
 * @throws ObjectMissing, ObjectChanged, JobFailure (audio.*)
 */
export async function probeAudio(
  job: JobRecord,
  folder: WorkFolder,
  lease: Lease,
  ports: WorkerPorts,
): Promise<ProbedAudio> {
  const sourcePath = join(folder.path, 'input.bin');
  const wavPath = join(folder.path, 'audio.wav');
  const { body } = await ports.objects.get('audio', job.audioKey, {
    signal: lease.signal,
    ...(job.audioEtag === null ? {} : { ifMatch: job.audioEtag }),
  });
  await pipeline(Readable.from(body), createWriteStream(sourcePath), { signal: lease.signal });

  const { durationSeconds } = await ports.decoder.decode(sourcePath, wavPath, {
    maxSeconds: ports.maxAudioSeconds,
    signal: lease.signal,
  });
  lease.progress({ durationSeconds });
  return { wavPath, durationSeconds };
}
