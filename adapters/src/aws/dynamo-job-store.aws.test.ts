import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { aJob, jobStoreContract } from '@verbatim/domain/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsClients } from './aws-clients.ts';
import { DynamoJobStore } from './dynamo-job-store.ts';
import { freshTable, openTestClients, settingsOfEmulator } from './testing/fresh-resources.ts';

jobStoreContract('DynamoDB', async () => {
  const clients = openTestClients();
  const TableName = await freshTable(clients, settingsOfEmulator().JOBS_TABLE);
  const { documents } = clients;
  return {
    store: new DynamoJobStore(documents, TableName),
    async plantField(jobId, field, value) {
      const update = {
        UpdateExpression: 'SET #field = :value',
        ExpressionAttributeNames: { '#field': field },
        ExpressionAttributeValues: { ':value': value },
      };
      await documents.send(new UpdateCommand({ TableName, Key: { jobId }, ...update }));
    },
    async storedField(jobId, field) {
      const { Item } = await documents.send(new GetCommand({ TableName, Key: { jobId } }));
      return Item?.[field];
    },
    close: async () => clients.close(),
  };
});

/** The next write reaches DynamoDB, but its answer does not reach us. */
function loseNextAnswer(clients: AwsClients): void {
  let lost = false;
  clients.documents.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (lost) return answer;
      lost = true;
      throw Object.assign(new Error('the line went dead'), { code: 'ECONNRESET', name: 'TimeoutError' });
    },
    { step: 'finalizeRequest', priority: 'low', name: 'loseNextAnswer' },
  );
}

describe('DynamoJobStore, when the answer to a write is lost', () => {
  let clients: AwsClients;
  let table: string;
  beforeAll(async () => {
    clients = openTestClients();
    table = await freshTable(clients, settingsOfEmulator().JOBS_TABLE);
  });
  afterAll(() => clients.close());
  const storeOnBadLine = () => {
    const badLine = openTestClients();
    loseNextAnswer(badLine);
    return new DynamoJobStore(badLine.documents, table);
  };

  it('knows its own creation again', async () => {
    const job = aJob();
    expect(await storeOnBadLine().create(job)).toBe(true);
    expect(await storeOnBadLine().create({ ...job, fileName: 'other.mp3' })).toBe(false);
  });

  it('knows its own change again, and nobody else’s', async () => {
    const job = aJob();
    await new DynamoJobStore(clients.documents, table).create(job);
    const claim = { expect: { fence: 0 }, set: { fence: 1 } };

    expect(await storeOnBadLine().change(job.jobId, claim)).toEqual({ ...job, fence: 1 });
    expect(await storeOnBadLine().change(job.jobId, claim)).toBeNull();
  });
});

describe('DynamoJobStore indexes', () => {
  it('holds a dead letter in its index until the job is tried afresh', async () => {
    const clients = openTestClients();
    const TableName = await freshTable(clients, settingsOfEmulator().JOBS_TABLE);
    const store = new DynamoJobStore(clients.documents, TableName);
    const job = aJob();
    const stored = async () =>
      (await clients.documents.send(new GetCommand({ TableName, Key: { jobId: job.jobId } }))).Item;

    await store.create(job);
    expect(await stored()).not.toHaveProperty('deadLetterAt');
    await store.change(job.jobId, {
      expect: {},
      set: { deadLetter: { reason: 'engine.crashed', at: 5 } },
    });
    expect(await stored()).toMatchObject({ deadLetterAt: 5, indexShard: expect.any(Number) });
    await store.change(job.jobId, { expect: {}, set: { deadLetter: null } });
    expect(await stored()).not.toHaveProperty('deadLetterAt');
    clients.close();
  });
});
