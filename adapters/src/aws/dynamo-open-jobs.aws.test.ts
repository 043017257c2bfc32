import { openJobsContract } from '@verbatim/domain/testing';
import { DynamoOpenJobs } from './dynamo-open-jobs.ts';
import { freshTable, openTestClients, settingsOfEmulator } from './testing/fresh-resources.ts';

openJobsContract(
  'DynamoDB',
  async () => {
    const clients = openTestClients();
    const table = await freshTable(clients, settingsOfEmulator().STATE_TABLE);
    return {
      openJobs: new DynamoOpenJobs(clients.documents, table),
      close: async () => clients.close(),
    };
  },
  { atOnce: 100 },
);
