import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  BadCursor,
  type DeadLetterQuery,
  type EpochMs,
  type JobChange,
  type JobPage,
  type JobQuery,
  JobRecord,
  JobStore,
  readJobRecord,
} from '@verbatim/domain';
import { countDeadLetters, pageOfDeadLetters } from './dynamo-dead-letters.ts';
import { readCursor, writeCursor } from './job-cursor.ts';
import { conditionOf, indexed, itemOf, shards, updateOf } from './job-item.ts';
import { storageCall } from './unavailable.ts';

/**
 * One item a job, key `jobId`. Each write leaves an id of its own in `writeId`: when the answer to a write is lost, the
 * SDK asks again and the condition fails because of the very write that it guards; the id tells that it was ours.
 * What remains: after StorageUnavailable a write may or may not have happened, so read before trying again.
 */
export class DynamoJobStore extends JobStore {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(documents: DynamoDBDocumentClient, table: string) {
    super();
    this.#documents = documents;
    this.#table = table;
  }

  async create(job: JobRecord): Promise<boolean> {
    const writeId = randomUUID();
    const command = new PutCommand({
      TableName: this.#table,
      Item: { ...itemOf(job), writeId },
      ConditionExpression: 'attribute_not_exists(jobId)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await storageCall('creating a job', () => this.#documents.send(command));
      return true;
    } catch (error) {
      return isRefusal(error) ? wroteThat(error, writeId) : rethrow(error);
    }
  }

  async get(jobId: string): Promise<JobRecord | null> {
    const command = new GetCommand({ TableName: this.#table, Key: { jobId }, ConsistentRead: true });
    const { Item } = await storageCall('reading a job', () => this.#documents.send(command));
    return Item ? readJobRecord(Item) : null;
  }

  async change(jobId: string, change: JobChange): Promise<JobRecord | null> {
    const writeId = randomUUID();
    const condition = conditionOf(change.expect, change.chunk);
    const update = updateOf({ ...indexed(change.set), writeId }, change.chunk);
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { jobId },
      // Without the first term an update of an unknown job would create one.
      ConditionExpression: ['attribute_exists(jobId)', ...condition.terms].join(' AND '),
      UpdateExpression: update.expression,
      ExpressionAttributeNames: { ...condition.names, ...update.names },
      ExpressionAttributeValues: { ...condition.values, ...update.values },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await storageCall('changing a job', () => this.#documents.send(command));
      return readJobRecord(Attributes);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return wroteThat(error, writeId) ? this.get(jobId) : null;
    }
  }

  async remove(jobId: string, expect: Partial<JobRecord>): Promise<boolean> {
    const { terms, names, values } = conditionOf(expect);
    const command = new DeleteCommand({
      TableName: this.#table,
      Key: { jobId },
      ...(terms.length > 0 && {
        // A job that is gone already is what the caller wants; so is one that a lost answer's delete removed.
        ConditionExpression: `attribute_not_exists(jobId) OR (${terms.join(' AND ')})`,
        ExpressionAttributeNames: names,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      }),
    });
    try {
      await storageCall('removing a job', () => this.#documents.send(command));
      return true;
    } catch (error) {
      return isRefusal(error) ? false : rethrow(error);
    }
  }

  async listByUser(userId: string, query: JobQuery): Promise<JobPage> {
    const wanted = query.limit + 1; // one more tells whether there is a next page
    const jobs: JobRecord[] = [];
    let leftOut = 0;
    const { from = 0, to = Number.MAX_SAFE_INTEGER } = query;
    let start = query.cursor === undefined ? undefined : { userId, ...readCursor(query.cursor) };
    if (from >= to) return { items: [], leftOut: 0, nextCursor: null };
    if (start && (start.createdAt < from || start.createdAt >= to)) {
      throw new BadCursor('of a page outside of this range');
    }
    do {
      const page = await this.#query({
        IndexName: 'byUser',
        KeyConditionExpression: 'userId = :userId AND createdAt BETWEEN :from AND :last',
        FilterExpression: `attribute_not_exists(erase)${query.status ? ' AND #status = :status' : ''}`,
        ExpressionAttributeValues: {
          ':userId': userId,
          ':from': from,
          ':last': to - 1,
          ...(query.status && { ':status': query.status }),
        },
        ...(query.status && { ExpressionAttributeNames: { '#status': 'status' } }),
        ScanIndexForward: false,
        Limit: wanted,
        ExclusiveStartKey: start,
      });
      const readable = readableOf(page.items);
      jobs.push(...readable);
      leftOut += page.items.length - readable.length;
      start = page.next as typeof start;
    } while (start && jobs.length < wanted);
    const items = jobs.slice(0, query.limit);
    const last = items.at(-1);
    return { items, leftOut, nextCursor: jobs.length > query.limit && last ? writeCursor(last) : null };
  }

  async listDeadLetters(query: DeadLetterQuery): Promise<JobPage> {
    const { items, nextCursor } = await pageOfDeadLetters(query, (terms) => this.#query(terms));
    const readable = readableOf(items);
    return { items: readable, leftOut: items.length - readable.length, nextCursor };
  }

  countDeadLetters(query: Pick<DeadLetterQuery, 'reason' | 'before'>): Promise<number> {
    return countDeadLetters(query, (terms) => this.#query(terms));
  }

  async due(now: EpochMs, limit: number): Promise<JobRecord[]> {
    const pages = await Promise.all(
      shards.map((shard) =>
        this.#query({
          IndexName: 'byDue',
          KeyConditionExpression: 'indexShard = :shard AND dueAt <= :now',
          ExpressionAttributeValues: { ':shard': shard, ':now': now },
          Limit: limit,
        }),
      ),
    );
    return readableOf(pages.flatMap((page) => page.items))
      .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
      .slice(0, limit);
  }

  async walk({ limit, cursor }: Pick<JobQuery, 'limit' | 'cursor'>): Promise<JobPage> {
    const command = new ScanCommand({
      TableName: this.#table,
      Limit: limit,
      ExclusiveStartKey: cursor === undefined ? undefined : { jobId: cursor },
    });
    const page = await storageCall('walking through the jobs', () => this.#documents.send(command));
    const found = page.Items ?? [];
    const items = readableOf(found);
    const nextCursor = (page.LastEvaluatedKey?.['jobId'] as string | undefined) ?? null;
    return { items, leftOut: found.length - items.length, nextCursor };
  }

  /** Reads a job that does not exist: what other calls need, and no more rights than they have. */
  async ping(): Promise<void> {
    await this.get('ping');
  }

  async #query(query: Omit<QueryCommandInput, 'TableName'>) {
    const command = new QueryCommand({ TableName: this.#table, ...query });
    const page = await storageCall('listing jobs', () => this.#documents.send(command));
    return { items: page.Items ?? [], count: page.Count ?? 0, next: page.LastEvaluatedKey };
  }
}

function readableOf(items: object[]): JobRecord[] {
  return items.flatMap((item) => JobRecord.safeParse(item).data ?? []);
}

function isRefusal(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof ConditionalCheckFailedException;
}

function wroteThat(refusal: ConditionalCheckFailedException, writeId: string): boolean {
  return refusal.Item?.['writeId']?.S === writeId;
}

function rethrow(error: unknown): never {
  throw error;
}
