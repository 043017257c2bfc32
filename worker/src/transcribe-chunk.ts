import type { JobRecord } from '@verbatim/domain';
import type { EngineResult } from './engine/transcription-engine.ts';
import type { Lease } from './steps/hold-lease.ts';
import type { Chunk } from './steps/split-into-chunks.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** What the engine heard in one chunk; times count from the chunk's own start. */
export interface ChunkTranscript {
  chunk: Chunk;
  heard: EngineResult;
}

export async function transcribeChunk(
  chunk: Chunk,
  job: JobRecord,
  lease: Lease,
  ports: WorkerPorts,
): Promise<ChunkTranscript> {
  lease.progress({ phase: 'transcribing', audioSecondsDone: chunk.startSeconds });
  const heard = await ports.engine.transcribe(
    { wavPath: chunk.wavPath, durationSeconds: chunk.durationSeconds, language: job.options.language },
    {
      signal: lease.signal,
      onProgress: (seconds) => lease.progress({ audioSecondsDone: chunk.startSeconds + seconds }),
    },
  );
  return { chunk, heard };
}
