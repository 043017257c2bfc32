import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import {
  type ConsumeOptions,
  type Consumer,
  type DeadMessage,
  type Outcome,
  type QueueDepth,
  type QueuedMessage,
  type QueueName,
  WorkQueue,
} from '@verbatim/domain';
import type { AwsClients } from './aws-clients.ts';
import { SqsConsumer } from './sqs-consumer.ts';
import { dropDeadMessage, peekDeadMessages } from './sqs-dead-messages.ts';
import type { Delivery } from './sqs-delivery.ts';
import { SqsQueueUrls } from './sqs-queue-urls.ts';
import { queueCall } from './unavailable.ts';

/** SQS takes a message back for 12 hours at most, counted from when it was received. */
const longestReturnSeconds = 11 * 3_600;

type SqsClients = Pick<AwsClients, 'sqs' | 'sqsReceiver'>;

/** Standard queues with a dead-letter queue beside each, named like it with `-dlq` at its end. */
export class SqsWorkQueue extends WorkQueue {
  readonly #clients: SqsClients;
  readonly #names: Record<QueueName, string>;
  readonly #leaseMs: number;
  readonly #urls: SqsQueueUrls;
  /** Message groups on standard queues ("fair queues") are young: an emulator may refuse them. */
  #groupsRefused = false;

  /** `leaseMs`: how long a message stays hidden without a beat; shorter only in tests. */
  constructor(clients: SqsClients, names: Record<QueueName, string>, leaseMs = 30_000) {
    super();
    this.#clients = clients;
    this.#names = names;
    this.#leaseMs = leaseMs;
    this.#urls = new SqsQueueUrls(clients.sqs);
  }

  async send(queue: QueueName, body: string, { groupId }: { groupId: string }): Promise<void> {
    await this.#call(this.#names[queue], 'sending', async (QueueUrl) => {
      const message = { QueueUrl, MessageBody: body };
      if (this.#groupsRefused) return this.#send(message);
      return this.#send({ ...message, MessageGroupId: groupId }).catch((error: unknown) => {
        if (!refusesGroups(error)) throw error;
        this.#groupsRefused = true;
        return this.#send(message);
      });
    });
  }

  consume(
    queue: QueueName,
    options: ConsumeOptions,
    handle: (message: QueuedMessage) => Promise<Outcome>,
  ): Consumer {
    const name = this.#names[queue];
    return new SqsConsumer({
      ...options,
      leaseMs: this.#leaseMs,
      receiver: this.#clients.sqsReceiver,
      url: () => this.#urls.of(name),
      forgetUrl: () => this.#urls.forget(name),
      deliveryOf: (message) => this.#deliveryOf(name, message),
      handle,
    });
  }

  peekDead(queue: QueueName): Promise<DeadMessage[]> {
    return this.#call(`${this.#names[queue]}-dlq`, 'looking at dead messages', (url) =>
      peekDeadMessages(this.#clients.sqs, url),
    );
  }

  dropDead(queue: QueueName, messageId: string): Promise<boolean> {
    return this.#call(`${this.#names[queue]}-dlq`, 'dropping a dead message', (url) =>
      dropDeadMessage(this.#clients.sqs, url, messageId),
    );
  }

  async depth(queue: QueueName): Promise<QueueDepth> {
    const { Attributes } = await this.#call(this.#names[queue], 'counting messages', (QueueUrl) =>
      this.#clients.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      ),
    );
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  #deliveryOf(queueName: string, message: Message): Delivery {
    const { ReceiptHandle } = message;
    const remove = () =>
      this.#call(queueName, 'deleting a message', (QueueUrl) =>
        this.#clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
      );
    return {
      body: message.Body ?? '',
      messageId: message.MessageId ?? '',
      receives: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
      hideFor: (ms) =>
        this.#call(queueName, 'prolonging a message', (QueueUrl) => {
          const VisibilityTimeout = Math.min(Math.ceil(ms / 1_000), longestReturnSeconds);
          const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout });
          return this.#clients.sqs.send(command);
        }),
      remove,
      bury: async (reason) => {
        await this.#call(`${queueName}-dlq`, 'setting a message aside', (QueueUrl) =>
          this.#send({
            QueueUrl,
            MessageBody: message.Body,
            MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
          }),
        );
        await remove();
      },
    };
  }

  #send(message: SendMessageCommandInput) {
    return this.#clients.sqs.send(new SendMessageCommand(message));
  }

  async #call<T>(queueName: string, what: string, call: (url: string) => Promise<T>): Promise<T> {
    return queueCall(what, async () => call(await this.#urls.of(queueName))).catch((error: unknown) => {
      this.#urls.forget(queueName);
      throw error;
    });
  }
}

function refusesGroups(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /InvalidParameter|UnsupportedOperation/.test(error.name) && /group/i.test(error.message);
}
