import { Counter, type Registry } from 'prom-client';

export type NotifierMetrics = ReturnType<typeof createNotifierMetrics>;

/** Names and units after Prometheus' conventions: https://prometheus.io/docs/practices/naming/ */
export function createNotifierMetrics(registry: Registry) {
  const registers = [registry];
  return {
    uploadEvents: new Counter({
      name: 'verbatim_upload_events_total',
      help: 'Objects that storage said were uploaded, by what came of them.',
      labelNames: ['outcome'],
      registers,
    }),
    notifications: new Counter({
      name: 'verbatim_notifications_total',
      help: 'Attempts to tell somebody that a job has ended.',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    reconciled: new Counter({
      name: 'verbatim_reconciled_total',
      help: 'What the reconciler did about jobs that were due.',
      labelNames: ['action'],
      registers,
    }),
    deadLetters: new Counter({
      name: 'verbatim_dead_letters_total',
      help: 'Jobs that failed for good through no fault of their user. Worth an alarm.',
      labelNames: ['reason'],
      registers,
    }),
  };
}
