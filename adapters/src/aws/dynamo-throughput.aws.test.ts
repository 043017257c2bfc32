import { throughputContract } from '@verbatim/domain/testing';
import { DynamoThroughput } from './dynamo-throughput.ts';
import { freshTable, openTestClients, settingsOfEmulator } from './testing/fresh-resources.ts';

throughputContract('DynamoDB', async () => {
  const clients = openTestClients();
  const table = await freshTable(clients, settingsOfEmulator().STATE_TABLE);
  return {
    throughput: new DynamoThroughput(clients.documents, table),
    close: async () => clients.close(),
  };
});
