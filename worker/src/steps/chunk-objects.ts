import { chunksOf, HeardChunk, type JobRecord, type Part, workPrefix } from '@verbatim/domain';
import type { WorkerPorts } from '../worker-ports.ts';
import type { Lease } from './hold-lease.ts';

/** Where a chunk's audio lies, and what was heard in it. Repeated work overwrites itself with the same. */
export function chunkAudioKey(job: JobRecord, index: number): string {
  return `${workPrefix(job.userId, job.jobId, job.run)}chunk-${String(index).padStart(4, '0')}.wav`;
}

function heardChunkKey(job: JobRecord, index: number): string {
  return `${workPrefix(job.userId, job.jobId, job.run)}chunk-${String(index).padStart(4, '0')}.json`;
}

export async function storeHeardChunk(
  job: JobRecord,
  index: number,
  heard: HeardChunk,
  { signal }: Lease,
  ports: WorkerPorts,
): Promise<void> {
  const body = new TextEncoder().encode(JSON.stringify(heard));
  const contentType = 'application/json';
  await ports.objects.put('transcripts', heardChunkKey(job, index), body, { contentType, signal });
}

/** What was heard in all chunks, in order. */
export async function readHeardChunks(
  job: JobRecord,
  signal: AbortSignal,
  ports: WorkerPorts,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { index, chunk } of chunksOf(job)) {
    const { body } = await ports.objects.get('transcripts', heardChunkKey(job, index), { signal });
    const pieces = await Array.fromAsync(body);
    const heard = HeardChunk.parse(JSON.parse(Buffer.concat(pieces).toString()));
    parts.push({ startSeconds: chunk.startSeconds, channel: chunk.channel, heard });
  }
  return parts;
}
