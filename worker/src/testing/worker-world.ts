import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@verbatim/adapters';
import { defaultJobTimes, type JobRecord } from '@verbatim/domain';
import {
  aJob,
  bytesOf,
  FakeClock,
  InMemoryCounters,
  InMemoryJobStore,
  InMemoryObjectStore,
  InMemoryThroughput,
  InMemoryWorkQueue,
} from '@verbatim/domain/testing';
import { Registry } from 'prom-client';
import { AudioDecoder, type DecodedAudio } from '../audio/audio-decoder.ts';
import { sampleRate, WavFile } from '../audio/wav-file.ts';
import {
  type EngineCall,
  type EngineInput,
  type EngineResult,
  TranscriptionEngine,
} from '../engine/transcription-engine.ts';
import { createWorkerMetrics } from '../worker-metrics.ts';
import type { WorkerPorts } from '../worker-ports.ts';

/** Hears "Hello there." in everything, unless a test says otherwise. */
class ScriptedEngine extends TranscriptionEngine {
  readonly name = 'scripted';
  readonly model = 'demo';
  readonly modelWarning = 'demo_model';
  readonly slots = 1;
  readonly inputs: EngineInput[] = [];
  hears: (call: EngineCall, input: EngineInput) => Promise<EngineResult> = async () => hello;
  async start() {}
  async stop() {}
  transcribe(input: EngineInput, call: EngineCall) {
    this.inputs.push(input);
    return this.hears(call, input);
  }

  /** Works until its call is aborted; the promise resolves when it has begun. */
  hangs(): Promise<void> {
    return new Promise((begun) => {
      this.hears = ({ signal }) =>
        new Promise((_, reject) => {
          begun();
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        });
    });
  }
}

export const hello: EngineResult = {
  language: 'en',
  languageProbability: 0.98,
  segments: [{ start: 0.5, end: 1.5, text: 'Hello there.', confidence: 0.9, words: [] }],
};

/** Finds silence of a given length in everything, unless a test says otherwise. */
class ScriptedDecoder extends AudioDecoder {
  seconds = 2;
  truncated = false;
  decodes: () => Promise<DecodedAudio> = async () => ({
    durationSeconds: this.seconds,
    truncated: this.truncated,
    channelsDiffer: false,
  });
  async decode(_: string, wavPath: string) {
    await using wav = await WavFile.create(wavPath);
    await wav.append(new Uint8Array(this.seconds * sampleRate * 2));
    await wav.finish();
    return await this.decodes();
  }
}

export type WorkerWorld = Awaited<ReturnType<typeof aWorkerWithAJob>>;

/** A worker whose every port is a fake, and a job that is queued for it. */
export async function aWorkerWithAJob() {
  const clock = new FakeClock();
  const counters = new InMemoryCounters(clock);
  const jobs = new InMemoryJobStore();
  const objects = new InMemoryObjectStore();
  const queue = new InMemoryWorkQueue();
  const throughput = new InMemoryThroughput();
  const engine = new ScriptedEngine();
  const decoder = new ScriptedDecoder();
  const workDir = await mkdtemp(join(tmpdir(), 'verbatim-worker-test-'));
  const ports: WorkerPorts = {
    ...{ jobs, counters, objects, queue, throughput, clock, engine, decoder, workDir },
    workerId: 'worker-1',
    // Short, so that beats and watches happen within a test.
    times: { ...defaultJobTimes, leaseMs: 150 },
    maxAudioSeconds: 3600,
    dailyAudioSeconds: null,
    chunkSeconds: 600,
    scratch: { isFull: async () => false },
    log: createLogger('worker', { LOG_LEVEL: 'silent' }),
    metrics: createWorkerMetrics(new Registry(), engine),
  };
  const job = aJob({ status: 'QUEUED', sends: 1 });
  const { etag } = await objects.put('audio', job.audioKey, bytesOf('audio'), { contentType: 'audio/mpeg' });
  job.audioEtag = etag;
  await jobs.create(job);

  async function stored(): Promise<JobRecord> {
    const record = await jobs.get(job.jobId);
    if (!record) throw new Error('no record');
    return record;
  }

  return {
    ...{ clock, jobs, counters, objects, queue, throughput, engine, decoder, workDir, ports, job, stored },
    [Symbol.asyncDispose]: () => rm(workDir, { recursive: true, force: true }),
  };
}
