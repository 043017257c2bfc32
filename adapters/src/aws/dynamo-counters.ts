import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, type Count, Counters, type CountResult } from '@verbatim/domain';
import { storageCall } from './unavailable.ts';

/** How long a finished window's row may stay before DynamoDB tidies it away. */
const keptSeconds = 3_600;

/**
 * One row a key and window, counted up by conditional ADDs. Should an answer be lost and the SDK ask again, the amount
 * counts twice: such a limit is reached a little early, never late.
 */
export class DynamoCounters extends Counters {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(documents: DynamoDBDocumentClient, table: string, clock: Clock) {
    super();
    this.#documents = documents;
    this.#table = table;
    this.#clock = clock;
  }

  async addIfBelow(key: string, amount: number, limit: number, windowSeconds: number): Promise<CountResult> {
    const { window, resetsAt } = this.#window(key, windowSeconds);
    const room = limit - amount;
    const command = new UpdateCommand({
      ...window,
      UpdateExpression: 'ADD #count :amount SET #ttl = :ttl',
      ConditionExpression: room < 0 ? '#count <= :room' : 'attribute_not_exists(#count) OR #count <= :room',
      ExpressionAttributeNames: { '#count': 'count', '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':amount': amount,
        ':room': room,
        ':ttl': Math.ceil(resetsAt / 1_000) + keptSeconds,
      },
      ReturnValues: 'UPDATED_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await storageCall('counting', () => this.#documents.send(command));
      return { allowed: true, count: Number(Attributes?.['count']), resetsAt };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { allowed: false, count: Number(error.Item?.['count']?.N ?? 0), resetsAt };
    }
  }

  async read(key: string, windowSeconds: number): Promise<Count> {
    const { window, resetsAt } = this.#window(key, windowSeconds);
    const command = new GetCommand({ ...window, ConsistentRead: true });
    const { Item } = await storageCall('reading a count', () => this.#documents.send(command));
    return { count: Number(Item?.['count'] ?? 0), resetsAt };
  }

  #window(key: string, windowSeconds: number) {
    const windowMs = windowSeconds * 1_000;
    const startsAt = Math.floor(this.#clock.now() / windowMs) * windowMs;
    const Key = { pk: `counter#${key}`, sk: `${windowSeconds}#${startsAt}` };
    return { window: { TableName: this.#table, Key }, resetsAt: startsAt + windowMs };
  }
}
