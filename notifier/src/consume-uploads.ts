import { acceptObject, type Consumer, jobOfAudioKey, type Outcome, uploadedKeys } from '@verbatim/domain';
import type { NotifierPorts } from './notifier-ports.ts';

/** An event may arrive before its object can be read. After this many tries the reconciler, which looks anyway, is left to it. */
const maxLooks = 10;

export interface UploadDelivery {
  body: string;
  messageId: string;
  receives: number;
}

/** Storage says that files have arrived. */
export function consumeUploads(ports: NotifierPorts): Consumer {
  const onError = (error: unknown) => ports.log.error({ event: 'uploads.failed', error });
  return ports.queue.consume('uploads', { slots: 4, onError }, (delivery) => acceptUploads(delivery, ports));
}

export async function acceptUploads(delivery: UploadDelivery, ports: NotifierPorts): Promise<Outcome> {
  const { messageId, receives } = delivery;
  const keys = uploadedKeys(delivery.body);
  if (!keys) {
    ports.log.error({ event: 'message.undecodable', messageId });
    return { dead: 'message.undecodable' };
  }

  let missing = false;
  for (const key of keys) {
    const outcome = await acceptKey(key, messageId, ports);
    ports.metrics.uploadEvents.inc({ outcome });
    missing ||= outcome === 'missing';
  }
  return missing && receives < maxLooks ? { returnInMs: receives * 1_000 } : 'done';
}

async function acceptKey(key: string, messageId: string, ports: NotifierPorts): Promise<string> {
  const owner = jobOfAudioKey(key);
  if (!owner) {
    // Somebody else writes to our bucket. The key is theirs and may say anything, so it stays out of the log.
    ports.log.warn({ event: 'upload.foreign_key', messageId });
    return 'foreign';
  }
  const { jobId } = owner;
  const onDelay = (error: unknown) =>
    ports.log.warn({ event: 'message.delayed', jobId, error: String(error) });
  const { kind } = await acceptObject(key, { ...ports, onDelay });
  ports.log.info({ event: `upload.${kind}`, jobId });
  return kind;
}
