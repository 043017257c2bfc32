import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadMessage } from '@verbatim/domain';

/** SQS can't list: a look receives messages, which hides them, and gives them back. So long at most, should we die meanwhile. */
const hiddenSeconds = 20;
const mostPeeked = 50;
const mostLookedThrough = 500;

export async function peekDeadMessages(sqs: SQSClient, QueueUrl: string): Promise<DeadMessage[]> {
  const seen: Message[] = [];
  try {
    for await (const messages of receiveAll(sqs, QueueUrl, mostPeeked)) seen.push(...messages);
  } finally {
    await giveBack(sqs, QueueUrl, seen);
  }
  return seen.map(({ MessageId = '', Body = '', MessageAttributes, Attributes }) => {
    const reason = MessageAttributes?.['reason']?.StringValue ?? null;
    // What SQS moved here by itself keeps the time at which it was first sent.
    const at = reason === null ? null : Number(Attributes?.SentTimestamp ?? 0) || null;
    return { messageId: MessageId, body: Body, reason, at };
  });
}

/** False when it is not among those that a look finds. */
export async function dropDeadMessage(sqs: SQSClient, QueueUrl: string, messageId: string): Promise<boolean> {
  const others: Message[] = [];
  try {
    for await (const messages of receiveAll(sqs, QueueUrl, mostLookedThrough)) {
      const wanted = messages.find(({ MessageId }) => MessageId === messageId);
      others.push(...messages.filter((message) => message !== wanted));
      if (!wanted) continue;
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: wanted.ReceiptHandle }));
      return true;
    }
    return false;
  } finally {
    await giveBack(sqs, QueueUrl, others);
  }
}

async function* receiveAll(sqs: SQSClient, QueueUrl: string, most: number): AsyncGenerator<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: hiddenSeconds,
    // A short poll asks some of the servers only and may find nothing where there is something.
    WaitTimeSeconds: 1,
    MessageAttributeNames: ['reason'],
    MessageSystemAttributeNames: ['SentTimestamp'],
  });
  for (let count = 0; count < most; ) {
    const { Messages = [] } = await sqs.send(command);
    if (Messages.length === 0) return;
    yield Messages;
    count += Messages.length;
  }
}

async function giveBack(sqs: SQSClient, QueueUrl: string, messages: Message[]): Promise<void> {
  for (let i = 0; i < messages.length; i += 10) {
    const Entries = messages.slice(i, i + 10).map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}
