import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { chunkAudioKey, type JobRecord, ObjectMissing } from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import type { Lease } from './hold-lease.ts';
import type { WorkFolder } from './work-folder.ts';

/** The chunk's audio, as whoever cut the recording stored it. */
export async function fetchChunk(
  job: JobRecord,
  index: number,
  folder: WorkFolder,
  { signal }: Lease,
  ports: WorkerPorts,
): Promise<{ wavPath: string; durationSeconds: number }> {
  const wavPath = join(folder.path, 'chunk.wav');
  const { body } = await ports.objects
    .get('transcripts', chunkAudioKey(job, index), { signal })
    .catch((error: unknown) => {
      // The recording itself may well be there, and with it the next run.
      if (!(error instanceof ObjectMissing)) throw error;
      throw new Error(`chunk ${index} is gone from storage`, { cause: error });
    });
  await pipeline(Readable.from(body), createWriteStream(wavPath), { signal });
  return { wavPath, durationSeconds: job.chunks[index]?.durationSeconds ?? 0 };
}
