import { type Consumer, decodeMessage, JobFinishedMessage } from '@verbatim/domain';
import type { NotifierPorts } from './notifier-ports.ts';
import { notifyJobFinished } from './notify-job-finished.ts';

/** Jobs have ended. What can't be decoded has no record to look at: it is set aside as it is. */
export function consumeNotifications(ports: NotifierPorts): Consumer {
  const onError = (error: unknown) => ports.log.error({ event: 'notification.failed', error });
  return ports.queue.consume('notification', { slots: 4, onError }, async (delivery) => {
    const message = decodeMessage(JobFinishedMessage, delivery.body);
    if (message) return notifyJobFinished(message, delivery.receives, ports);
    ports.log.error({ event: 'message.undecodable', messageId: delivery.messageId });
    return { dead: 'message.undecodable' };
  });
}
