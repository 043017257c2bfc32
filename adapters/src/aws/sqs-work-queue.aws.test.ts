import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { type Consumer, type QueueName, QueueUnavailable } from '@verbatim/domain';
import { workQueueContract } from '@verbatim/domain/testing';
import { afterAll, describe, expect, it, vi } from 'vitest';
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
      // A message that is gone is as little its receiver's as one that another got.
      async takeAway(queue: QueueName) {
        await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: queues[queue].url }));
      },
      close: async () => clients.close(),
    };
  },
  { shortLeaseMs: 2_000, servesGroupsInTurn: false, noticesLostLease: true, deliveryMs: 8_000 },
);

describe('SqsWorkQueue', () => {
  const clients = openTestClients();
  const consumers: Consumer[] = [];
  afterAll(async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop({ graceMs: 0 })));
    clients.close();
  });
  const queueNamed = (name: string) =>
    new SqsWorkQueue(clients, { uploads: name, transcription: name, notification: name });

  it('finds a queue that is made only after its consumer', { timeout: 20_000 }, async () => {
    const QueueName = `late-${randomUUID()}`;
    const queue = queueNamed(QueueName);
    const seen: string[] = [];
    const errors: unknown[] = [];
    const options = { slots: 1, onError: (error: unknown) => errors.push(error) };
    consumers.push(
      queue.consume('transcription', options, async ({ body }) => {
        seen.push(body);
        return 'done';
      }),
    );
    await vi.waitFor(() => expect(errors[0]).toBeInstanceOf(QueueUnavailable), { timeout: 5_000 });
    const early = queue.send('transcription', 'too early', { groupId: 'ana' });
    await expect(early).rejects.toThrow(QueueUnavailable);

    await clients.sqs.send(new CreateQueueCommand({ QueueName }));
    await queue.send('transcription', 'in time', { groupId: 'ana' });

    await vi.waitFor(() => expect(seen).toEqual(['in time']), { timeout: 10_000 });
  });

  it('says in the dead-letter queue why a message is there', async () => {
    const { name, deadLettersUrl } = await freshQueue(clients, 'dead');
    const queue = queueNamed(name);
    await queue.send('uploads', 'not json', { groupId: 'ana' });
    consumers.push(queue.consume('uploads', { slots: 1 }, async () => ({ dead: 'message.undecodable' })));

    const message = await vi.waitFor(
      async () => {
        const peek = { QueueUrl: deadLettersUrl, VisibilityTimeout: 0, MessageAttributeNames: ['All'] };
        const { Messages: [first] = [] } = await clients.sqs.send(new ReceiveMessageCommand(peek));
        return first ?? expect.fail('nothing there yet');
      },
      { timeout: 5_000 },
    );

    expect(message.Body).toBe('not json');
    expect(message.MessageAttributes?.['reason']?.StringValue).toBe('message.undecodable');
  });

  it('does without message groups where they are refused', async () => {
    const { name } = await freshQueue(clients, 'no-groups');
    const refusing = openTestClients();
    refusing.sqs.middlewareStack.add(
      (next) => async (args) => {
        if (!('MessageGroupId' in args.input)) return next(args);
        throw Object.assign(new Error('Value ana for parameter MessageGroupId is invalid.'), {
          name: 'InvalidParameterValue',
        });
      },
      { step: 'initialize', name: 'refuseGroups' },
    );
    const queue = new SqsWorkQueue(refusing, { uploads: name, transcription: name, notification: name });

    await queue.send('transcription', 'first', { groupId: 'ana' });
    await queue.send('transcription', 'second', { groupId: 'ana' });

    expect(await queue.depth('transcription')).toEqual({ visible: 2, inFlight: 0 });
    refusing.close();
  });
});
