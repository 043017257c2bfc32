import { JobSettings, LinkSettings, MailSettings, PlatformSettings } from '@verbatim/adapters';
import { z } from 'zod';

/** The notifier's environment; what each variable is for stands in `.env.template`. */
export const NotifierConfig = z.object({
  ...PlatformSettings.shape,
  ...JobSettings.shape,
  ...MailSettings.shape,
  ...LinkSettings.shape,
  /** How often records are looked through for what is due; each instance varies it by a quarter. */
  RECONCILE_MS: z.coerce.number().int().min(10).max(600_000).default(10_000),
  SHUTDOWN_GRACE_SECONDS: z.coerce.number().min(0).max(110).default(2),
  NOTIFIER_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8082),
  HEALTH_HOST: z.string().default('127.0.0.1'),
  VERBATIM_SUPERVISED: z.stringbool().default(false),
});
export type NotifierConfig = z.infer<typeof NotifierConfig>;
