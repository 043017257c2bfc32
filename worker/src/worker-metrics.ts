import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { TranscriptionEngine } from './engine/transcription-engine.ts';

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

/** Names and units after Prometheus' conventions: https://prometheus.io/docs/practices/naming/ */
export function createWorkerMetrics(registry: Registry, engine: Pick<TranscriptionEngine, 'memoryOfSlots'>) {
  const registers = [registry];
  return {
    jobs: new Counter({
      name: 'verbatim_worker_jobs_total',
      help: 'Deliveries of jobs to this worker, by what came of them.',
      labelNames: ['outcome'],
      registers,
    }),
    audioSeconds: new Counter({
      name: 'verbatim_worker_audio_seconds_total',
      help: 'Seconds of audio transcribed to the end.',
      labelNames: ['language'],
      registers,
    }),
    processingSeconds: new Histogram({
      name: 'verbatim_worker_job_duration_seconds',
      help: 'From the claim of a job to its stored transcript.',
      buckets: [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200],
      registers,
    }),
    realTimeFactor: new Histogram({
      name: 'verbatim_worker_real_time_factor',
      help: 'Seconds of processing for each second of audio.',
      buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
    engineCpuSeconds: new Counter({
      name: 'verbatim_worker_engine_cpu_seconds_total',
      help: 'CPU time of the speech engine, of completed jobs.',
      registers,
    }),
    confidence: new Histogram({
      name: 'verbatim_worker_transcript_confidence_ratio',
      help: 'How sure the engine was of a whole transcript, 0 to 1.',
      labelNames: ['language'],
      buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
      registers,
    }),
    silenceShare: new Histogram({
      name: 'verbatim_worker_silence_ratio',
      help: 'How much of a recording was no speech, 0 to 1.',
      buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1],
      registers,
    }),
    recentRealTimeFactor: new Gauge({
      name: 'verbatim_worker_recent_real_time_factor',
      help: 'Seconds of hearing for each second of audio, of late; 0: nothing was heard yet.',
      registers,
    }),
    engineMemory: new Gauge({
      name: 'verbatim_worker_engine_memory_bytes',
      help: 'Resident memory of the process that hears for a slot, its copy of the model included.',
      labelNames: ['slot'],
      registers,
      async collect() {
        this.reset();
        for (const [slot, bytes] of (await engine.memoryOfSlots()).entries()) {
          if (bytes !== null) this.set({ slot }, bytes);
        }
      },
    }),
    busy: new Gauge({ name: 'verbatim_worker_busy_slots', help: 'Jobs running right now.', registers }),
  };
}
