import { defaultJobTimes, type JobTimes } from '@verbatim/domain';
import { z } from 'zod';

/** Fractions are for tests, and for who keeps things for hours. */
const Days = z.coerce.number().positive().max(36_500).optional();
const dayMs = 24 * 60 * 60_000;

/** What api, worker and notifier have to agree on about jobs. */
export const JobSettings = z.object({
  /** The waits before the second, third and fourth attempt, in seconds; tests use fractions. As many retries as numbers. */
  RETRY_DELAYS_SECONDS: z
    .string()
    .default(defaultJobTimes.retryDelaysMs.map((ms) => ms / 1000).join(','))
    .transform((list, context) => {
      const seconds = list.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
      if (seconds.every((each) => Number.isFinite(each) && each >= 0)) return seconds;
      context.addIssue({
        code: 'custom',
        message: 'has to be numbers with commas between them: 300,1500,7500',
      });
      return z.NEVER;
    }),
  /** Days after the end of a job until its recording, or transcript, is removed. Unset: until the job is deleted. */
  AUDIO_RETENTION_DAYS: Days,
  TRANSCRIPT_RETENTION_DAYS: Days,
  /** The largest file that may be uploaded, in MiB. */
  MAX_UPLOAD_MIB: z.coerce
    .number()
    .int()
    .min(1)
    .max(5 * 1024)
    .default(2048),
});
export type JobSettings = z.infer<typeof JobSettings>;

/** What the worker holds recordings to; the api says so to whoever asks. */
export const AudioQuotaSettings = z.object({
  /** The longest recording, in hours of decoded audio. */
  MAX_AUDIO_HOURS: z.coerce.number().positive().max(24).default(4),
  /** Hours of audio that are transcribed for one user in a day; unset: any amount. */
  DAILY_AUDIO_HOURS_PER_USER: z.coerce.number().positive().optional(),
});

/** Null: no limit. */
export function dailyAudioSecondsOf(
  settings: Pick<z.infer<typeof AudioQuotaSettings>, 'DAILY_AUDIO_HOURS_PER_USER'>,
): number | null {
  const hours = settings.DAILY_AUDIO_HOURS_PER_USER;
  return hours === undefined ? null : Math.ceil(hours * 3600);
}

export function jobTimesOf(settings: Omit<JobSettings, 'MAX_UPLOAD_MIB'>): JobTimes {
  return {
    ...defaultJobTimes,
    retryDelaysMs: settings.RETRY_DELAYS_SECONDS.map((seconds) => Math.round(seconds * 1000)),
    retention: {
      audioMs: millisecondsOf(settings.AUDIO_RETENTION_DAYS),
      transcriptMs: millisecondsOf(settings.TRANSCRIPT_RETENTION_DAYS),
    },
  };
}

function millisecondsOf(days: number | undefined): number | null {
  return days === undefined ? null : Math.round(days * dayMs);
}

export function maxAudioSecondsOf(
  settings: Pick<z.infer<typeof AudioQuotaSettings>, 'MAX_AUDIO_HOURS'>,
): number {
  return settings.MAX_AUDIO_HOURS * 3600;
}

export function maxUploadBytesOf(settings: Pick<JobSettings, 'MAX_UPLOAD_MIB'>): number {
  return settings.MAX_UPLOAD_MIB * 1024 * 1024;
}
