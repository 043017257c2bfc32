import { PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { QueueName } from '@verbatim/domain';
import { workQueueContract } from '@verbatim/domain/testing';
import { SqsWorkQueue } from './sqs-work-queue.ts';
import { freshQueue, openTestClients } from './testing/fresh-resources.ts';

workQueueContract(
  'SQS',
  async ({ leaseMs }) => {
    const clients = openTestClients();
    const queues = {
      uploads: await freshQueue(clients, 'uploads'),
      transcription: await freshQueue(clients, 'transcription'),
      notification: await freshQueue(clients, 'notification'),
    };
    const names = {
      uploads: queues.uploads.name,
      transcription: queues.transcription.name,
      notification: queues.notification.name,
    };
    return {
      queue: new SqsWorkQueue(clients, names, leaseMs),
      async deadLetters(queue: QueueName) {
        const peek = {
          QueueUrl: queues[queue].deadLettersUrl,
          VisibilityTimeout: 0,
          MaxNumberOfMessages: 10,
        };
        const { Messages = [] } = await clients.sqs.send(
          new ReceiveMessageCommand({ ...peek, MessageAttributeNames: ['All'] }),
        );
        return Messages.map(({ Body = '' }) => Body);
      },
      // A message that is gone is as little its receiver's as one that another got.
      async takeAway(queue: QueueName) {
        await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: queues[queue].url }));
      },
      close: async () => clients.close(),
    };
  },
  { shortLeaseMs: 2_000, servesGroupsInTurn: false, noticesLostLease: true, deliveryMs: 8_000 },
);
