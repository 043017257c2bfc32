import { workerRegistryContract } from '@verbatim/domain/testing';
import { DynamoWorkerRegistry } from './dynamo-worker-registry.ts';
import { freshTable, openTestClients, settingsOfEmulator } from './testing/fresh-resources.ts';

workerRegistryContract('DynamoDB', async () => {
  const clients = openTestClients();
  const table = await freshTable(clients, settingsOfEmulator().STATE_TABLE);
  return {
    registry: new DynamoWorkerRegistry(clients.documents, table),
    close: async () => clients.close(),
  };
});
