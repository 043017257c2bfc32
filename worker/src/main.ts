import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import {
  createLogger,
  jobTimesOf,
  openPlatform,
  readSettings,
  serveHealth,
  stopped,
  stopSignal,
} from '@verbatim/adapters';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { openDecoder } from './audio/ffmpeg-decoder.ts';
import { WorkerConfig } from './config.ts';
import { consumeTranscriptions } from './consume-transcriptions.ts';
import { openWhisperServerEngine } from './engine/whisper-server/whisper-server-engine.ts';
import { keepRegistered } from './keep-registered.ts';
import { ensureModel } from './model/ensure-model.ts';
import { openWorkDir } from './steps/work-folder.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

const config = readSettings(WorkerConfig, process.env);
const log = createLogger('worker', config);
const stop = stopSignal({ supervised: config.VERBATIM_SUPERVISED });
const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

const platform = await openPlatform(config);
const model = await ensureModel(config, log);
const engine = openWhisperServerEngine({ config, model, log });
await engine.start();

const workerId = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
const ports = {
  workerId,
  jobs: platform.jobs,
  objects: platform.objects,
  queue: platform.queue,
  clock: platform.clock,
  decoder: await openDecoder(config, log),
  engine,
  demoModel: model.demo,
  times: jobTimesOf(config),
  maxAudioSeconds: config.MAX_AUDIO_HOURS * 3600,
  workDir: await openWorkDir(config.WORK_DIR),
  log,
  metrics: createWorkerMetrics(metrics),
};
const consumer = consumeTranscriptions(ports);
const registration = keepRegistered(ports, platform.workers, version);
const health = await serveHealth(
  { host: config.HEALTH_HOST, port: config.WORKER_HEALTH_PORT },
  {
    metrics,
    ready: async () => ({ workerId, version, engine: engine.name, model: model.name, demo: model.demo }),
  },
);
log.info({
  event: 'worker.ready',
  workerId,
  slots: engine.slots,
  model: model.name,
  healthPort: health.port,
});

await stopped(stop);
log.info({ event: 'worker.stopping' });
await consumer.stop({ graceMs: config.SHUTDOWN_GRACE_SECONDS * 1000 });
await registration.leave();
await engine.stop();
await health.close();
await platform.close();
log.info({ event: 'worker.stopped' });
process.exit(0);
