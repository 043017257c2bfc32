import { type Consumer, decodeMessage, type Outcome, TranscriptionMessage } from '@verbatim/domain';
import { transcribeChunk } from './transcribe-chunk.ts';
import { type Delivery, transcribeJob } from './transcribe-job.ts';
import type { WorkerPorts } from './worker-ports.ts';

const whenFullMs = 10_000;

/** Takes messages as long as a slot is free. What can't be decoded has no record to fail: it is set aside as it is. */
export function consumeTranscriptions(ports: WorkerPorts): Consumer {
  const { slots } = ports.engine;
  const onError = (error: unknown) => ports.log.warn({ event: 'consumer.error', error });
  return ports.queue.consume('transcription', { slots, onError }, async (delivery) => {
    const message = decodeMessage(TranscriptionMessage, delivery.body);
    if (!message) {
      ports.log.error({ event: 'message.undecodable', messageId: delivery.messageId });
      return { dead: 'message.undecodable' };
    }
    // Another worker may have room; if there is none, it waits here and loses no attempt.
    if (await ports.scratch.isFull()) return { returnInMs: whenFullMs };
    ports.metrics.busy.inc();
    try {
      return await transcribe(message, delivery, ports);
    } finally {
      ports.metrics.busy.dec();
    }
  });
}

function transcribe(message: TranscriptionMessage, delivery: Delivery, ports: WorkerPorts): Promise<Outcome> {
  return message.kind === 'job'
    ? transcribeJob(message, delivery, ports)
    : transcribeChunk(message, delivery, ports);
}
