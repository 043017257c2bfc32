import { chunkDone, type JobRecord } from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import { LeaseLost } from './hold-lease.ts';

/** The chunk is done; answers with the job as it is then, which tells whether it was the last. @throws LeaseLost */
export async function completeChunk(job: JobRecord, index: number, ports: WorkerPorts): Promise<JobRecord> {
  const { jobId } = job;
  const saved = await ports.jobs.change(jobId, chunkDone(job, index, ports.clock.now(), ports.times));
  if (!saved) throw new LeaseLost('the job or the chunk moved on before its text was done');
  ports.log.info({ event: 'chunk.completed', jobId, chunk: index, fence: saved.chunks[index]?.fence });
  ports.metrics.jobs.inc({ outcome: 'chunk_completed' });
  return saved;
}
