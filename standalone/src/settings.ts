import { PlatformSettings } from '@verbatim/adapters';
import { z } from 'zod';

/** What `npm start` itself looks at; the programs read the rest of the environment, each its own part. */
export const StandaloneSettings = PlatformSettings.pick({
  PLATFORM: true,
  DATA_DIR: true,
  PORT: true,
  PUBLIC_URL: true,
}).extend({
  HOST: z.string().optional(),
  /** The worker knows which there are; one of them needs no model. */
  ENGINE: z.string().optional(),
  API_KEYS: z.string().optional(),
  WORKER_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  NOTIFIER_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8082),
});
export type StandaloneSettings = z.infer<typeof StandaloneSettings>;
