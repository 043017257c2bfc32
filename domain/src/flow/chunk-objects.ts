import { z } from 'zod';
import { chunksOf } from '../job/chunk-changes.ts';
import { workPrefix } from '../job/job-ids.ts';
import { type JobRecord, ModelWarning } from '../job/job-record.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { HeardChunk, type Part } from '../transcript/assemble-transcript.ts';

/** What was heard in one chunk, and by which model: whoever reads it while the others run has nobody to ask. */
export const StoredChunk = HeardChunk.extend({
  model: z.string().optional(),
  modelWarning: ModelWarning.nullish(),
});
export type StoredChunk = z.infer<typeof StoredChunk>;

export interface StoredPart extends Part {
  heard: StoredChunk;
}

interface Access {
  objects: ObjectStore;
  signal?: AbortSignal;
}

/** Where a chunk's audio lies, beside what was heard in it. Repeated work overwrites itself with the same. */
export function chunkAudioKey(job: JobRecord, index: number): string {
  return `${chunkKey(job, index)}.wav`;
}

function chunkKey({ userId, jobId, run }: JobRecord, index: number): string {
  return `${workPrefix(userId, jobId, run)}chunk-${String(index).padStart(4, '0')}`;
}

/** @throws StorageUnavailable */
export async function storeHeardChunk(
  job: JobRecord,
  index: number,
  heard: StoredChunk,
  { objects, signal }: Access,
): Promise<void> {
  const body = new TextEncoder().encode(JSON.stringify(heard));
  const options = { contentType: 'application/json', ...(signal ? { signal } : {}) };
  await objects.put('transcripts', `${chunkKey(job, index)}.json`, body, options);
}

/** What was heard in the chunks that are done by `job`, in order. @throws ObjectMissing, StorageUnavailable */
export async function readHeardChunks(job: JobRecord, { objects, signal }: Access): Promise<StoredPart[]> {
  const done = chunksOf(job).filter(({ chunk }) => chunk.state === 'done');
  return Promise.all(
    done.map(async ({ index, chunk: { startSeconds, durationSeconds, channel } }) => {
      const key = `${chunkKey(job, index)}.json`;
      const { body } = await objects.get('transcripts', key, signal ? { signal } : {});
      const text = new TextDecoder();
      let json = '';
      for await (const piece of body) json += text.decode(piece, { stream: true });
      const heard = StoredChunk.parse(JSON.parse(json + text.decode()));
      return { startSeconds, durationSeconds, channel, heard };
    }),
  );
}

/** By which models the parts were heard, and what has to be said of one of them; null where none tells. */
export function modelsOf(parts: StoredPart[]): { model: string; modelWarning: ModelWarning | null } | null {
  const names = [...new Set(parts.flatMap(({ heard }) => heard.model ?? []))];
  if (names.length === 0) return null;
  const warned = parts.find(({ heard }) => heard.modelWarning);
  return { model: names.join(', '), modelWarning: warned?.heard.modelWarning ?? null };
}
