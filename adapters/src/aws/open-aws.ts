import type { Platform } from '../platform.ts';
import type { PlatformSettings } from '../platform-settings.ts';
import { openAwsClients } from './aws-clients.ts';
import { DynamoCounters } from './dynamo-counters.ts';
import { DynamoIdempotencyKeys } from './dynamo-idempotency-keys.ts';
import { DynamoJobStore } from './dynamo-job-store.ts';
import { DynamoOpenJobs } from './dynamo-open-jobs.ts';
import { DynamoThroughput } from './dynamo-throughput.ts';
import { DynamoWorkerRegistry } from './dynamo-worker-registry.ts';
import { S3ObjectStore } from './s3-object-store.ts';
import { ServerClock } from './server-clock.ts';
import { SqsWorkQueue } from './sqs-work-queue.ts';

/**
 * S3, SQS and DynamoDB, or an emulator of them. Asks nobody anything yet: a program starts, and says that it is not
 * ready, while they are down. @throws without a region
 */
export async function openAws(settings: PlatformSettings): Promise<Platform> {
  const clock = new ServerClock();
  const clients = openAwsClients(settings, clock);
  await clients.s3.config.region();
  return {
    clock,
    counters: new DynamoCounters(clients.documents, settings.STATE_TABLE, clock),
    idempotencyKeys: new DynamoIdempotencyKeys(clients.documents, settings.STATE_TABLE),
    jobs: new DynamoJobStore(clients.documents, settings.JOBS_TABLE),
    objects: new S3ObjectStore(
      clients,
      { audio: settings.AUDIO_BUCKET, transcripts: settings.TRANSCRIPTS_BUCKET },
      clock,
    ),
    openJobs: new DynamoOpenJobs(clients.documents, settings.STATE_TABLE),
    queue: new SqsWorkQueue(clients, {
      uploads: settings.UPLOADS_QUEUE,
      transcription: settings.TRANSCRIPTION_QUEUE,
      notification: settings.NOTIFICATION_QUEUE,
    }),
    throughput: new DynamoThroughput(clients.documents, settings.STATE_TABLE),
    workers: new DynamoWorkerRegistry(clients.documents, settings.STATE_TABLE),
    dataFolder: null,
    async close() {
      clients.close();
    },
  };
}
