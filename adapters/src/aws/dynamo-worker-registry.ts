import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type EpochMs, WorkerRegistry, type WorkerRow } from '@verbatim/domain';
import { z } from 'zod';
import { storageCall } from './unavailable.ts';

const StoredWorker: z.ZodType<WorkerRow> = z.object({
  workerId: z.string(),
  version: z.string(),
  slots: z.number(),
  busy: z.number(),
  model: z.string(),
  engine: z.string(),
  realTimeFactor: z.number().nullable().default(null),
  startedAt: z.number(),
  seenAt: z.number(),
});

/** A worker that is gone without a word is tidied away by DynamoDB a day later. */
const keptSeconds = 24 * 3_600;
const workers = 'workers';

/** All rows under one partition key: few, small, and read by one query. */
export class DynamoWorkerRegistry extends WorkerRegistry {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(documents: DynamoDBDocumentClient, table: string) {
    super();
    this.#documents = documents;
    this.#table = table;
  }

  async beat(row: WorkerRow): Promise<void> {
    const ttl = Math.ceil(row.seenAt / 1_000) + keptSeconds;
    const Item = { ...row, pk: workers, sk: row.workerId, ttl };
    await storageCall('worker heartbeat', () =>
      this.#documents.send(new PutCommand({ TableName: this.#table, Item })),
    );
  }

  async leave(workerId: string): Promise<void> {
    const Key = { pk: workers, sk: workerId };
    await storageCall('worker leaving', () =>
      this.#documents.send(new DeleteCommand({ TableName: this.#table, Key })),
    );
  }

  async list(since: EpochMs): Promise<WorkerRow[]> {
    const rows: WorkerRow[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const query = new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :workers',
        FilterExpression: 'seenAt >= :since',
        ExpressionAttributeValues: { ':workers': workers, ':since': since },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      });
      const page = await storageCall('listing workers', () => this.#documents.send(query));
      rows.push(...(page.Items ?? []).map((item) => StoredWorker.parse(item)));
      from = page.LastEvaluatedKey;
    } while (from);
    return rows;
  }
}
