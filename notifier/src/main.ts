import { setTimeout as sleep } from 'node:timers/promises';
import {
  collectProcessMetrics,
  createLogger,
  jobTimesOf,
  linkSecretOf,
  maxUploadBytesOf,
  openMailer,
  openPlatform,
  publicUrlOf,
  readSettings,
  sayWhyEnded,
  serveHealth,
  stopped,
  stopSignal,
} from '@verbatim/adapters';
import { Registry } from 'prom-client';
import { MailChannel } from './channels/mail/mail-channel.ts';
import { NotifierConfig } from './config.ts';
import { consumeNotifications } from './consume-notifications.ts';
import { consumeUploads } from './consume-uploads.ts';
import { createNotifierMetrics } from './notifier-metrics.ts';
import type { NotifierPorts } from './notifier-ports.ts';
import { keepReconciling } from './reconcile.ts';

sayWhyEnded();
const config = readSettings(NotifierConfig, process.env);
const log = createLogger('notifier', config);
const stop = stopSignal({ supervised: config.VERBATIM_SUPERVISED });

const metrics = new Registry();
collectProcessMetrics(metrics);

const linkSecret = await linkSecretOf(config);
const mailer = await openMailer(config);
const platform = await openPlatform(config);
const mail = new MailChannel({ ...platform, mailer, publicUrl: publicUrlOf(config), linkSecret });
const ports: NotifierPorts = {
  ...platform,
  channels: [mail],
  times: jobTimesOf(config),
  maxUploadBytes: maxUploadBytesOf(config),
  log,
  metrics: createNotifierMetrics(metrics),
};

const consumers = [consumeUploads(ports), consumeNotifications(ports)];
const reconciling = keepReconciling(config.RECONCILE_MS, ports, stop);
const health = await serveHealth(
  { host: config.HEALTH_HOST, port: config.NOTIFIER_HEALTH_PORT },
  {
    metrics,
    ready: async () => {
      await platform.jobs.ping();
      return { mail: config.MAIL_TRANSPORT };
    },
  },
);
log.info({ event: 'notifier.ready', mail: config.MAIL_TRANSPORT, healthPort: health.port });

await stopped(stop);
log.info({ event: 'notifier.stopping' });
const graceMs = config.SHUTDOWN_GRACE_SECONDS * 1000;
await Promise.all(consumers.map((consumer) => consumer.stop({ graceMs })));
// It began to stop with the consumers; what it does may be cut anywhere.
await Promise.race([reconciling, sleep(graceMs)]);
await health.close();
mailer.close();
await platform.close();
log.info({ event: 'notifier.stopped' });
process.exit(0);
