import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { IdempotencyKeys, type KeyBinding, keyKeptMs } from '@verbatim/domain';
import { storageCall } from './unavailable.ts';

/** How long a row outlives its key before DynamoDB tidies it away; whether a key still holds is read from `boundAt`. */
const keptSeconds = 3_600;

/**
 * One row a key, put by a condition. Should an answer be lost and the SDK ask again, the condition fails because of the
 * very row that it put, and that row is the answer.
 */
export class DynamoIdempotencyKeys extends IdempotencyKeys {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(documents: DynamoDBDocumentClient, table: string) {
    super();
    this.#documents = documents;
    this.#table = table;
  }

  async bind(userId: string, keyHash: string, binding: KeyBinding): Promise<KeyBinding> {
    const command = new PutCommand({
      TableName: this.#table,
      Item: {
        pk: `idempotency#${userId}#${keyHash}`,
        sk: 'key',
        ...binding,
        ttl: Math.ceil((binding.boundAt + keyKeptMs) / 1_000) + keptSeconds,
      },
      ConditionExpression: 'attribute_not_exists(pk) OR boundAt <= :freedUntil',
      ExpressionAttributeValues: { ':freedUntil': binding.boundAt - keyKeptMs },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await storageCall('binding a key', () => this.#documents.send(command));
      return binding;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      const { jobId, fingerprint, boundAt } = error.Item;
      return { jobId: jobId?.S ?? '', fingerprint: fingerprint?.S ?? '', boundAt: Number(boundAt?.N) };
    }
  }
}
