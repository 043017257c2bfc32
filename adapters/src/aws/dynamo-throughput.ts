import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type EpochMs,
  hourOf,
  Throughput,
  type ThroughputAmounts,
  type ThroughputHour,
  throughputKeptMs,
} from '@verbatim/domain';
import { z } from 'zod';
import { storageCall } from './unavailable.ts';

const StoredHour = z.object({
  sk: z.string(),
  completed: z.number().default(0),
  failed: z.number().default(0),
  audioSeconds: z.number().default(0),
  processingSeconds: z.number().default(0),
});

const partition = 'throughput';

/** A row an hour under one partition key, so that a month of them is one query. */
export class DynamoThroughput extends Throughput {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(documents: DynamoDBDocumentClient, table: string) {
    super();
    this.#documents = documents;
    this.#table = table;
  }

  async add(at: EpochMs, amounts: ThroughputAmounts): Promise<void> {
    const { completed = 0, failed = 0, audioSeconds = 0, processingSeconds = 0 } = amounts;
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { pk: partition, sk: sortKey(at) },
      UpdateExpression:
        'ADD completed :completed, failed :failed, audioSeconds :audio, processingSeconds :processing SET #ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':completed': completed,
        ':failed': failed,
        ':audio': audioSeconds,
        ':processing': processingSeconds,
        ':ttl': Math.ceil((hourOf(at) + throughputKeptMs) / 1_000),
      },
    });
    await storageCall('counting throughput', () => this.#documents.send(command));
  }

  async list(since: EpochMs): Promise<ThroughputHour[]> {
    const hours: ThroughputHour[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const query = new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :partition AND sk >= :since',
        ExpressionAttributeValues: { ':partition': partition, ':since': sortKey(since) },
        ExclusiveStartKey: from,
      });
      const page = await storageCall('reading the throughput', () => this.#documents.send(query));
      hours.push(...(page.Items ?? []).map(hourIn));
      from = page.LastEvaluatedKey;
    } while (from);
    return hours;
  }
}

/** ISO times of one length sort as they follow each other. */
function sortKey(at: EpochMs): string {
  return new Date(hourOf(at)).toISOString();
}

function hourIn(item: unknown): ThroughputHour {
  const { sk, ...sums } = StoredHour.parse(item);
  return { hour: Date.parse(sk), ...sums };
}
