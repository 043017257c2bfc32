import { type QueueName, queueNames, type WorkQueue } from '@verbatim/domain';
import { z } from 'zod';
import { Refused } from '../refused.ts';

/** Enough to see what it is. */
const shownCharacters = 500;

export const DeadMessageView = z
  .object({
    queue: z.enum(queueNames),
    messageId: z.string(),
    reason: z.string().nullable().describe('Null: the queue gave it up, after 50 receipts.'),
    at: z.iso.datetime().nullable().describe('When it was set aside, where that is known.'),
    sizeBytes: z.number().int(),
    body: z
      .string()
      .describe(`Its first ${shownCharacters} characters; what could steer a terminal is shown as \\u….`),
  })
  .meta({ id: 'DeadMessage' });
export type DeadMessageView = z.infer<typeof DeadMessageView>;

export async function listDeadMessages(
  queues: readonly QueueName[],
  ports: { queue: WorkQueue },
): Promise<DeadMessageView[]> {
  const lists = await Promise.all(
    queues.map(async (queue) => {
      const messages = await ports.queue.peekDead(queue);
      return messages.map(({ messageId, reason, at, body }) => ({
        queue,
        messageId,
        reason,
        at: at === null ? null : new Date(at).toISOString(),
        sizeBytes: Buffer.byteLength(body),
        body: printable(body.slice(0, shownCharacters)),
      }));
    }),
  );
  return lists.flat();
}

/** @throws Refused */
export async function dropDeadMessage(
  queue: string,
  messageId: string,
  ports: { queue: WorkQueue },
): Promise<void> {
  const known = queueNames.find((name) => name === queue);
  if (!known || !(await ports.queue.dropDead(known, messageId))) throw new Refused('dead_message.unknown');
}

/** Foreign words: no control characters, no marks that turn the direction of the line, no halves of a character. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
