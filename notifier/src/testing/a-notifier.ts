import { createLogger } from '@verbatim/adapters';
import { defaultJobTimes, type JobRecord, newestTextKeyOf } from '@verbatim/domain';
import {
  aJob,
  bytesOf,
  FakeClock,
  InMemoryJobStore,
  InMemoryMailer,
  InMemoryObjectStore,
  InMemoryThroughput,
  InMemoryWorkQueue,
} from '@verbatim/domain/testing';
import { Registry } from 'prom-client';
import { MailChannel } from '../channels/mail/mail-channel.ts';
import { createNotifierMetrics } from '../notifier-metrics.ts';
import type { NotifierPorts } from '../notifier-ports.ts';

export const noon = Date.UTC(2027, 0, 15, 12, 0, 0);

/** A notifier at noon, with everything around it in memory. */
export function aNotifier() {
  const clock = new FakeClock(noon);
  const jobs = new InMemoryJobStore();
  const objects = new InMemoryObjectStore();
  const queue = new InMemoryWorkQueue();
  const mailer = new InMemoryMailer();
  const registry = new Registry();
  const mail = new MailChannel({
    mailer,
    objects,
    clock,
    publicUrl: 'https://verbatim.example',
    linkSecret: 'a secret for links that only tests know',
  });
  const ports: NotifierPorts = {
    jobs,
    objects,
    queue,
    throughput: new InMemoryThroughput(),
    clock,
    channels: [mail],
    times: defaultJobTimes,
    maxUploadBytes: 1_000_000,
    log: createLogger('notifier', { LOG_LEVEL: 'silent' }),
    metrics: createNotifierMetrics(registry),
  };
  return {
    ports,
    clock,
    jobs,
    objects,
    queue,
    mailer,
    registry,
    /** Stores a job, due now unless it says otherwise. */
    async has(job: Partial<JobRecord>): Promise<JobRecord> {
      const record = aJob({ createdAt: noon, dueAt: noon, ...job });
      await jobs.create(record);
      return record;
    },
    async job(jobId: string): Promise<JobRecord> {
      const job = await jobs.get(jobId);
      if (!job) throw new Error(`${jobId} is gone`);
      return job;
    },
    async uploaded(job: JobRecord, bytes = bytesOf('sound'), contentType = job.contentType): Promise<void> {
      await objects.put('audio', job.audioKey, bytes, { contentType });
    },
    async transcribed(job: JobRecord, text: string): Promise<void> {
      const key = newestTextKeyOf(job) ?? '';
      await objects.put('transcripts', key, bytesOf(text), { contentType: 'text/plain' });
    },
  };
}

/** A job whose transcript is stored and whose user is to be told. */
export function aCompletedJob(over: Partial<JobRecord> = {}): JobRecord {
  const job = aJob({ createdAt: noon, jobId: 'job_0199f0000000700080000000000000aa' });
  return {
    ...job,
    status: 'COMPLETED',
    notifyTo: 'ana@example.com',
    fence: 1,
    startedAt: noon,
    finishedAt: noon,
    dueAt: noon + 60_000,
    phase: 'done',
    durationSeconds: 754.2,
    audioSecondsDone: 754.2,
    result: {
      version: 'r1-1',
      transcriptKey: `ana/${job.jobId}/r1-1/transcript.json`,
      language: 'en',
      confidence: 0.9,
      model: 'small',
      warnings: [],
      measures: null,
    },
    owes: ['announce'],
    ...over,
  };
}

export function aFailedJob(over: Partial<JobRecord> = {}): JobRecord {
  return aCompletedJob({ status: 'FAILED', result: null, errorCode: 'audio.unreadable', ...over });
}
