import { z } from 'zod';

/**
 * What every program reads from its environment to reach its platform. The AWS SDK's own variables (AWS_REGION,
 * AWS_ENDPOINT_URL, credentials, ...) are read by the SDK itself.
 */
export const PlatformSettings = z.object({
  /** `local`: SQLite and files under DATA_DIR. `aws`: S3, SQS and DynamoDB, or an emulator of them. */
  PLATFORM: z.enum(['local', 'aws']).default('local'),
  DATA_DIR: z.string().default('./data'),
  /** The port of the api; also in the default of PUBLIC_URL. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  /** The base of every link that leaves the server, as a browser reaches it; without a slash at its end. */
  PUBLIC_URL: z
    .url()
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** aws: an emulator's address. The SDK reads these itself; set, they also mean that buckets are part of the path. */
  AWS_ENDPOINT_URL: z.url().optional(),
  AWS_ENDPOINT_URL_S3: z.url().optional(),
  /** aws: the address that browsers reach S3 at, where it differs from the one that the servers use. */
  S3_PUBLIC_ENDPOINT: z.url().optional(),
  AUDIO_BUCKET: z.string().default('verbatim-audio'),
  TRANSCRIPTS_BUCKET: z.string().default('verbatim-transcripts'),
  JOBS_TABLE: z.string().default('verbatim-jobs'),
  /** Counters, idempotency keys, open jobs, hourly throughput and the rows of living workers. */
  STATE_TABLE: z.string().default('verbatim-state'),
  UPLOADS_QUEUE: z.string().default('verbatim-uploads'),
  TRANSCRIPTION_QUEUE: z.string().default('verbatim-transcription'),
  NOTIFICATION_QUEUE: z.string().default('verbatim-notification'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
export type PlatformSettings = z.infer<typeof PlatformSettings>;

export function publicUrlOf(settings: Pick<PlatformSettings, 'PUBLIC_URL' | 'PORT'>): string {
  return settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`;
}

/** Where a browser sends its files to and gets them from, apart from the api itself: for the page's security policy. */
export function storageOriginsOf(
  settings: Pick<
    PlatformSettings,
    'PLATFORM' | 'AWS_ENDPOINT_URL' | 'AWS_ENDPOINT_URL_S3' | 'S3_PUBLIC_ENDPOINT'
  >,
): string[] {
  if (settings.PLATFORM === 'local') return [];
  const endpoint = settings.S3_PUBLIC_ENDPOINT ?? settings.AWS_ENDPOINT_URL_S3 ?? settings.AWS_ENDPOINT_URL;
  return endpoint ? [new URL(endpoint).origin] : ['https://*.amazonaws.com'];
}
