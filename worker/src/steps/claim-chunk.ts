import { type ChunkMessage, chunkClaimed, countThroughput, type JobRecord } from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import { isTaken } from './claim-job.ts';

export type ChunkClaim =
  | { kind: 'ours'; job: JobRecord }
  /** Its text is there already. */
  | { kind: 'done'; job: JobRecord }
  | { kind: 'not-now' };

/** Takes the chunk by one conditional write; like `claimJob`. */
export async function claimChunk(
  message: ChunkMessage,
  messageId: string,
  ports: WorkerPorts,
): Promise<ChunkClaim> {
  const job = await ports.jobs.get(message.jobId);
  const chunk = job?.chunks[message.chunk];
  if (!job || !chunk || job.erase || job.run !== message.run || job.status !== 'PROCESSING') {
    return { kind: 'not-now' };
  }
  if (chunk.state === 'done') return { kind: 'done', job };
  const now = ports.clock.now();
  if (isTaken(chunk.lease, messageId, now) || (chunk.retryAt ?? 0) > now) return { kind: 'not-now' };

  const by = { worker: ports.workerId, messageId };
  const saved = await ports.jobs.change(job.jobId, chunkClaimed(job, message.chunk, by, now, ports.times));
  if (!saved) return claimChunk(message, messageId, ports);
  if (saved.status === 'FAILED') await countThroughput({ failed: 1 }, ports);
  const { state, fence } = saved.chunks[message.chunk] ?? {};
  if (saved.status !== 'PROCESSING' || state !== 'working') return { kind: 'not-now' };

  ports.log.info({ event: 'chunk.claimed', jobId: job.jobId, chunk: message.chunk, fence });
  return { kind: 'ours', job: saved };
}
