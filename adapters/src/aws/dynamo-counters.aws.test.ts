import { SystemClock } from '@verbatim/domain';
import { countersContract } from '@verbatim/domain/testing';
import { DynamoCounters } from './dynamo-counters.ts';
import { freshTable, openTestClients, settingsOfEmulator } from './testing/fresh-resources.ts';

countersContract('DynamoDB', async () => {
  const clients = openTestClients();
  const table = await freshTable(clients, settingsOfEmulator().STATE_TABLE);
  return {
    counters: new DynamoCounters(clients.documents, table, new SystemClock()),
    close: async () => clients.close(),
  };
});
