import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DescribeTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { PlatformSettings } from '../../platform-settings.ts';
import { type AwsClients, openAwsClients } from '../aws-clients.ts';
import { ServerClock } from '../server-clock.ts';

/**
 * Resources of a test's own beside those of create-resources.py, so that test files can run at the same time and
 * beside a running system.
 */

export function settingsOfEmulator(over: Partial<Record<keyof PlatformSettings, string>> = {}) {
  return PlatformSettings.parse({ ...process.env, PLATFORM: 'aws', ...over });
}

export function openTestClients(): AwsClients & { clock: ServerClock } {
  const clock = new ServerClock();
  return { ...openAwsClients(settingsOfEmulator(), clock), clock };
}

function freshName(like: string): string {
  return `${like}-${randomUUID().slice(0, 8)}`;
}

/** A table with the keys and indexes of the one that create-resources.py made. */
export async function freshTable({ documents }: AwsClients, like: string): Promise<string> {
  const { Table } = await documents.send(new DescribeTableCommand({ TableName: like }));
  const TableName = freshName(like);
  const indexes = Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
  await documents.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: Table?.KeySchema,
      AttributeDefinitions: Table?.AttributeDefinitions,
      ...(indexes && { GlobalSecondaryIndexes: indexes }),
    }),
  );
  await waitUntilTableExists({ client: documents, maxWaitTime: 30, minDelay: 0.1 }, { TableName });
  return TableName;
}

export async function freshBucket({ s3 }: AwsClients, like: string): Promise<string> {
  const Bucket = freshName(like);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

/** A queue, and its dead-letter queue with `-dlq` at the end of its name. */
export async function freshQueue({ sqs }: AwsClients, like: string) {
  const name = freshName(like);
  const deadLetters = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dlq` }));
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '30' } }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return { name, url: QueueUrl, arn: Attributes?.QueueArn ?? '', deadLettersUrl: deadLetters.QueueUrl };
}
