import { type Consumer, decodeMessage, type Outcome, TranscriptionMessage } from '@verbatim/domain';
import { transcribeChunk } from './transcribe-chunk.ts';
import { type Delivery, transcribeJob } from './transcribe-job.ts';
import type { WorkerPorts } from './worker-ports.ts';

/**
 * Takes messages as long as a slot is free and there is room for a recording: without room they are left to other workers.
 * What can't be decoded has no record to fail: it is set aside as it is.
 */
export function consumeTranscriptions(ports: WorkerPorts): Consumer {
  const { slots } = ports.engine;
  const onError = (error: unknown) => ports.log.warn({ event: 'consumer.error', error });
  const isReady = async () => !(await ports.scratch.isFull());
  return ports.queue.consume('transcription', { slots, isReady, onError }, async (delivery) => {
    const message = decodeMessage(TranscriptionMessage, delivery.body);
    if (!message) {
      ports.log.error({ event: 'message.undecodable', messageId: delivery.messageId });
      return { dead: 'message.undecodable' };
    }
    // The room went while we waited for a message. So it loses no attempt.
    if (!(await isReady())) return { returnInMs: 0 };
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
