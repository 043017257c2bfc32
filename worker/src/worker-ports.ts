import type { Logger } from '@verbatim/adapters';
import type {
  Clock,
  Counters,
  JobStore,
  JobTimes,
  ObjectStore,
  Throughput,
  WorkQueue,
} from '@verbatim/domain';
import type { AudioDecoder } from './audio/audio-decoder.ts';
import type { TranscriptionEngine } from './engine/transcription-engine.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** All that the steps of a job need; wired in `main.ts`, faked in tests. */
export interface WorkerPorts {
  workerId: string;
  jobs: JobStore;
  counters: Counters;
  objects: ObjectStore;
  queue: WorkQueue;
  throughput: Throughput;
  clock: Clock;
  decoder: AudioDecoder;
  engine: TranscriptionEngine;
  times: JobTimes;
  /** Longer recordings are refused; counted in decoded audio, not in what a header declares. */
  maxAudioSeconds: number;
  /** How much audio of one user is transcribed in a day, in seconds; null: any amount. */
  dailyAudioSeconds: number | null;
  /** The length of the pieces that a long recording is cut into. */
  chunkSeconds: number;
  /** Where each job gets a folder of its own, for as long as it runs. */
  workDir: string;
  /** Of the disk under `workDir`: a worker without room takes no job. */
  scratch: { isFull(): Promise<boolean> };
  log: Logger;
  metrics: WorkerMetrics;
}
