import { z } from 'zod';

/** An empty variable, as compose files and .env leave them behind, means "not set". */
const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));

/**
 * What every program reads from its environment to reach its platform. The AWS SDK's own variables (AWS_REGION,
 * AWS_ENDPOINT_URL, credentials, ...) are read by the SDK itself.
 */
export const PlatformSettings = z.object({
  /** `local`: SQLite and files under DATA_DIR. `aws`: S3, SQS and DynamoDB, or an emulator of them. */
  PLATFORM: z.enum(['local', 'aws']).default('local'),
  DATA_DIR: z.string().default('./data'),
  /** The base of every link that leaves the server, as a browser reaches it. */
  PUBLIC_URL: z.url().default('http://localhost:8000'),
  /** aws: the address that browsers reach S3 at, where it differs from the one that the servers use. */
  S3_PUBLIC_ENDPOINT: optionalText,
  AUDIO_BUCKET: z.string().default('verbatim-audio'),
  TRANSCRIPTS_BUCKET: z.string().default('verbatim-transcripts'),
  JOBS_TABLE: z.string().default('verbatim-jobs'),
  /** Counters and the rows of living workers. */
  STATE_TABLE: z.string().default('verbatim-state'),
  UPLOADS_QUEUE: z.string().default('verbatim-uploads'),
  TRANSCRIPTION_QUEUE: z.string().default('verbatim-transcription'),
  NOTIFICATION_QUEUE: z.string().default('verbatim-notification'),
});
export type PlatformSettings = z.infer<typeof PlatformSettings>;

export { optionalText };
