import { type Consumer, decodeMessage, JobMessage } from '@verbatim/domain';
import { transcribeJob } from './transcribe-job.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** Takes messages as long as a slot is free. What can't be decoded has no record to fail: it is set aside as it is. */
export function consumeTranscriptions(ports: WorkerPorts): Consumer {
  const { slots } = ports.engine;
  return ports.queue.consume('transcription', { slots }, async (delivery) => {
    const message = decodeMessage(JobMessage, delivery.body);
    if (!message) {
      ports.log.error({ event: 'message.undecodable', messageId: delivery.messageId });
      return { dead: 'message.undecodable' };
    }
    ports.metrics.busy.inc();
    try {
      return await transcribeJob(message, delivery, ports);
    } finally {
      ports.metrics.busy.dec();
    }
  });
}
