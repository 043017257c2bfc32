import { queueNames } from '@verbatim/domain';
import { z } from 'zod';

const Count = z.number().int().min(0);

export const QueueList = z.object({
  items: z.array(
    z.object({
      queue: z.enum(queueNames),
      visible: Count.describe(
        'Messages that wait. Counted by the queue: on SQS about right, some seconds old.',
      ),
      inFlight: Count.describe('Messages that somebody works on.'),
    }),
  ),
});

export const WorkerList = z.object({
  items: z.array(
    z.object({
      workerId: z.string(),
      version: z.string(),
      engine: z.string(),
      model: z.string(),
      slots: Count.describe('Recordings, or pieces of them, that it hears at once.'),
      busy: Count,
      realTimeFactor: z.number().nullable().describe('Seconds of work for each second of audio, of late.'),
      startedAt: z.iso.datetime(),
      seenAt: z.iso.datetime(),
    }),
  ),
});
