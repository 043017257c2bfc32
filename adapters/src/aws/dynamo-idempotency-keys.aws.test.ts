import { idempotencyKeysContract } from '@verbatim/domain/testing';
import { DynamoIdempotencyKeys } from './dynamo-idempotency-keys.ts';
import { freshTable, openTestClients, settingsOfEmulator } from './testing/fresh-resources.ts';

idempotencyKeysContract(
  'DynamoDB',
  async () => {
    const clients = openTestClients();
    const table = await freshTable(clients, settingsOfEmulator().STATE_TABLE);
    return {
      keys: new DynamoIdempotencyKeys(clients.documents, table),
      close: async () => clients.close(),
    };
  },
  { atOnce: 100 },
);
