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

export const ModelList = z.object({
  items: z.array(
    z.object({
      model: z.string(),
      engine: z.string(),
      workers: Count.describe('Workers of late that have it loaded.'),
      slots: Count.describe('Recordings, or pieces of them, that they hear at once, all together.'),
      busy: Count,
      realTimeFactor: z
        .number()
        .nullable()
        .describe(
          'Seconds of work for each second of audio, of late: the mean of the workers that know theirs.',
        ),
    }),
  ),
});

const Hour = z.object({
  hour: z.iso.datetime().describe('When the hour began, UTC.'),
  completed: Count.describe('Jobs that were completed.'),
  failed: Count.describe(
    'Jobs that were given up: after attempts that failed, or because no worker stayed or came.',
  ),
  audioSeconds: z.number().min(0).describe('How long the recordings of the completed jobs are.'),
  processingSeconds: z
    .number()
    .min(0)
    .describe('How long these were worked on, waiting between pieces included.'),
});

export const ThroughputList = z.object({
  items: z
    .array(Hour)
    .describe(
      'Hours in which any job ended, oldest first. Sums to look at: a worker that dies may leave out a job.',
    ),
});
