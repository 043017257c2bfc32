import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { PlatformSettings } from '../platform-settings.ts';
import type { ServerClock } from './server-clock.ts';
import { TableRetries } from './table-retries.ts';

export interface AwsClients {
  documents: DynamoDBDocumentClient;
  /** Small requests. */
  s3: S3Client;
  /** Requests that carry a file. */
  s3Transfers: S3Client;
  /** Makes no requests: signs with the address that browsers reach S3 at. */
  s3Signer: S3Client;
  sqs: SQSClient;
  /** Requests that wait for a message. */
  sqsReceiver: SQSClient;
  close(): void;
}

/** How long SQS keeps a request for a message open when there is none; the most that it allows. */
export const longPollSeconds = 20;

// Two tries of at most 3 s: whoever waits for an answer, a user of the api at last, knows within some 7 s.
// The time to connect includes the wait for one of 50 connections.
const answerSoon = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
// A file takes as long as it takes, but not without a byte moving.
const answerAfterTransfer = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 10_000 },
};
const answerAfterWaiting = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: (longPollSeconds + 5) * 1_000,
    throwOnRequestTimeout: true,
  },
};

/** Region, credentials and endpoints come from the SDK's own variables and files. */
export function openAwsClients(settings: PlatformSettings, clock: ServerClock): AwsClients {
  // Emulators have no host name for each bucket.
  const emulated = Boolean(settings.AWS_ENDPOINT_URL_S3 ?? settings.AWS_ENDPOINT_URL);
  const publicEndpoint = settings.S3_PUBLIC_ENDPOINT;
  // The queues' URLs name a host that only an emulator's own container may know.
  const sqsOptions = { useQueueUrlAsEndpoint: false };

  const dynamo = new DynamoDBClient({ ...answerSoon, retryStrategy: new TableRetries() });
  const s3 = new S3Client({ ...answerSoon, forcePathStyle: emulated });
  const s3Transfers = new S3Client({ ...answerAfterTransfer, forcePathStyle: emulated });
  const s3Signer = new S3Client({
    forcePathStyle: emulated || publicEndpoint !== undefined,
    ...(publicEndpoint === undefined ? {} : { endpoint: publicEndpoint }),
    // Else the checksum of an empty body is signed into the address, and no file fits it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const sqs = new SQSClient({ ...answerSoon, ...sqsOptions });
  const sqsReceiver = new SQSClient({ ...answerAfterWaiting, ...sqsOptions });

  for (const client of [dynamo, s3, s3Transfers, sqs, sqsReceiver]) clock.listenTo(client);
  return {
    documents: DynamoDBDocumentClient.from(dynamo),
    s3,
    s3Transfers,
    s3Signer,
    sqs,
    sqsReceiver,
    close() {
      for (const client of [dynamo, s3, s3Transfers, s3Signer, sqs, sqsReceiver]) client.destroy();
    },
  };
}
