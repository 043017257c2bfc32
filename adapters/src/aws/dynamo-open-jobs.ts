import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { OpenJobs } from '@verbatim/domain';
import { storageCall } from './unavailable.ts';

/**
 * One item a user, with a set of ids. An item holds 400 KB, so some 10,000 ids; a write costs a unit for each 27 of them.
 */
export class DynamoOpenJobs extends OpenJobs {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(documents: DynamoDBDocumentClient, table: string) {
    super();
    this.#documents = documents;
    this.#table = table;
  }

  async add(userId: string, jobId: string, limit: number): Promise<boolean> {
    const command = new UpdateCommand({
      ...this.#item(userId),
      UpdateExpression: 'ADD jobIds :added',
      ConditionExpression:
        'attribute_not_exists(jobIds) OR size(jobIds) < :limit OR contains(jobIds, :jobId)',
      ExpressionAttributeValues: { ':added': new Set([jobId]), ':limit': limit, ':jobId': jobId },
    });
    try {
      await storageCall('noting an open job', () => this.#documents.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async list(userId: string): Promise<string[]> {
    const command = new GetCommand({ ...this.#item(userId), ConsistentRead: true });
    const { Item } = await storageCall('listing open jobs', () => this.#documents.send(command));
    return [...((Item?.['jobIds'] as Set<string> | undefined) ?? [])];
  }

  async remove(userId: string, jobIds: string[]): Promise<void> {
    if (jobIds.length === 0) return;
    const command = new UpdateCommand({
      ...this.#item(userId),
      UpdateExpression: 'DELETE jobIds :removed',
      ExpressionAttributeValues: { ':removed': new Set(jobIds) },
    });
    await storageCall('removing open jobs', () => this.#documents.send(command));
  }

  #item(userId: string) {
    return { TableName: this.#table, Key: { pk: `open-jobs#${userId}`, sk: 'jobs' } };
  }
}
