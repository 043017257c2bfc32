import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AudioQuotaSettings, JobSettings, PlatformSettings } from '@verbatim/adapters';
import { z } from 'zod';
import type { SlotPlan } from './engine/plan-slots.ts';
import { SimulationSettings } from './engine/simulated/simulation-settings.ts';
import { ModelSettings } from './model/ensure-model.ts';

const settings = z.object({
  ...PlatformSettings.shape,
  ...JobSettings.shape,
  ...AudioQuotaSettings.shape,
  ...ModelSettings.shape,
  ...SimulationSettings.shape,
  WHISPER_SERVER: z.string().default(''),
  /** `nodejs-whisper` is the slower fallback: a process for each recording. `simulated` invents its texts. */
  ENGINE: z.enum(['whisper-server', 'nodejs-whisper', 'simulated']).default('whisper-server'),
  /** A Silero model in ggml format: tells speech from noise and music. Unset: by energy alone. */
  VAD_MODEL: z.string().optional(),
  FFMPEG_PATH: z.string().optional(),
  /** Jobs at the same time; unset: as many as the cores and the memory carry. */
  WORKER_SLOTS: z.coerce.number().int().min(1).max(64).optional(),
  ENGINE_THREADS: z.coerce.number().int().min(1).max(64).optional(),
  /** Long recordings are cut into pieces of this length, which several workers do at once. */
  CHUNK_SECONDS: z.coerce.number().int().min(10).max(1800).default(600),
  WORK_DIR: z.string().default(join(tmpdir(), 'verbatim-worker')),
  SHUTDOWN_GRACE_SECONDS: z.coerce.number().min(0).max(110).default(2),
  WORKER_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  HEALTH_HOST: z.string().default('127.0.0.1'),
  VERBATIM_SUPERVISED: z.stringbool().default(false),
});

/** The worker's environment; what each variable is for stands in `.env.template`. */
export const WorkerConfig = settings.refine(
  ({ ENGINE, WHISPER_SERVER }) => ENGINE === 'simulated' || WHISPER_SERVER !== '',
  {
    path: ['WHISPER_SERVER'],
    error: 'the path of the whisper-server program; npm start and the image set it',
  },
);
export type WorkerConfig = z.infer<typeof WorkerConfig>;

/** What was set; the engine plans the rest from cores and memory. */
export function slotPlanOf({ WORKER_SLOTS, ENGINE_THREADS }: WorkerConfig): Partial<SlotPlan> {
  return {
    ...(WORKER_SLOTS === undefined ? {} : { slots: WORKER_SLOTS }),
    ...(ENGINE_THREADS === undefined ? {} : { threads: ENGINE_THREADS }),
  };
}
