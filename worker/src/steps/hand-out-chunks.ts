import { join } from 'node:path';
import {
  aboutToCut,
  chunkAudioKey,
  chunksToSend,
  cut,
  type JobRecord,
  newChunk,
  type Outcome,
  sendChunks,
  sendSoon,
} from '@verbatim/domain';
import { wavSlice } from '../audio/wav-slice.ts';
import type { WorkerPorts } from '../worker-ports.ts';
import { detectLanguage } from './detect-language.ts';
import { type Lease, LeaseLost } from './hold-lease.ts';
import type { ProbedAudio } from './probe-audio.ts';
import type { Slice } from './split-into-chunks.ts';
import type { WorkFolder } from './work-folder.ts';

/**
 * Stores the audio of each slice, then writes all chunks into the record at once, then sends a message for each to every
 * worker. Before that write nobody knows of a chunk; after it a lost message is sent again. Cuts are the same each time,
 * so doing it twice overwrites the same with the same.
 */
export async function handOut(
  job: JobRecord,
  slices: Slice[],
  { durationSeconds, truncated }: ProbedAudio,
  folder: WorkFolder,
  lease: Lease,
  ports: WorkerPorts,
): Promise<Outcome> {
  const { jobId } = job;
  // Before anything is stored: what goes wrong here may be for good.
  const detectedLanguage = await detectLanguage(job, slices, join(folder.path, 'sample.wav'), lease, ports);

  if (!(await ports.jobs.change(jobId, aboutToCut(job))))
    throw new LeaseLost('the job moved on before it was cut');
  for (const [index, slice] of slices.entries()) {
    const audio = wavSlice(slice.trackPath, slice);
    const options = { contentType: 'audio/wav', signal: lease.signal };
    await ports.objects.put('transcripts', chunkAudioKey(job, index), audio, options);
  }

  const now = ports.clock.now();
  const chunks = slices.map(({ channel, startSeconds, durationSeconds: seconds }) =>
    newChunk({ channel, startSeconds, durationSeconds: seconds }),
  );
  const saved = await ports.jobs.change(
    jobId,
    cut(job, { durationSeconds, truncated, detectedLanguage, chunks }, now, ports.times),
  );
  if (!saved) throw new LeaseLost('the job moved on before its recording was cut');
  ports.log.info({
    event: 'job.cut',
    jobId,
    startSeconds: chunks.map(({ startSeconds }) => startSeconds),
    audioSeconds: durationSeconds,
  });
  ports.metrics.jobs.inc({ outcome: 'cut' });

  await sendSoon(sendChunks(saved, chunksToSend(saved, now), ports.queue), (error) =>
    ports.log.warn({ event: 'message.delayed', jobId, error }),
  );
  return 'done';
}
