import type { JobRecord, StoredChunk } from '@verbatim/domain';
import { learnPace } from '../recent-pace.ts';
import type { WorkerPorts } from '../worker-ports.ts';
import type { Lease } from './hold-lease.ts';

/** One stretch of audio through the engine, as the job's user asked for it. */
export async function hear(
  { wavPath, durationSeconds, attempt }: { wavPath: string; durationSeconds: number; attempt: number },
  job: JobRecord,
  lease: Lease,
  ports: WorkerPorts,
): Promise<StoredChunk> {
  lease.progress({ phase: 'transcribing', audioSecondsDone: 0 });
  const { task, quality, prompt, keywords } = job.options;
  const language = job.options.language ?? job.detectedLanguage?.code ?? null;
  const hints = [prompt, keywords.join(', ')].filter((hint) => hint !== null && hint !== '');
  const begun = performance.now();
  const heard = await ports.engine.transcribe(
    { wavPath, durationSeconds, language, task, quality, prompt: hints.join(' ') || null, attempt },
    {
      signal: lease.signal,
      onProgress: (audioSecondsDone) => lease.progress({ audioSecondsDone }),
    },
  );
  await learnPace(durationSeconds, (performance.now() - begun) / 1000, ports.metrics);
  const { model, modelWarning } = ports.engine;
  return { ...heard, model, modelWarning };
}
