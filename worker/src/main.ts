import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import {
  collectProcessMetrics,
  createLogger,
  DiskFull,
  DiskWatch,
  dailyAudioSecondsOf,
  jobTimesOf,
  maxAudioSecondsOf,
  openPlatform,
  readSettings,
  sayWhyEnded,
  serveHealth,
  stopped,
  stopSignal,
} from '@verbatim/adapters';
import { Registry } from 'prom-client';
import { FfmpegDecoder } from './audio/ffmpeg-decoder.ts';
import { findFfmpeg } from './audio/find-ffmpeg.ts';
import { ChildGuards } from './child-process/child-guards.ts';
import { slotPlanOf, WorkerConfig } from './config.ts';
import { consumeTranscriptions } from './consume-transcriptions.ts';
import { openEngine } from './engine/open-engine.ts';
import { simulationOf } from './engine/simulated/simulation-settings.ts';
import { keepRegistered } from './keep-registered.ts';
import { ensureModel } from './model/ensure-model.ts';
import { logProgress } from './model/log-progress.ts';
import { openWorkDir } from './steps/work-folder.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

sayWhyEnded();
const config = readSettings(WorkerConfig, process.env);
const log = createLogger('worker', config);
const stop = stopSignal({ supervised: config.VERBATIM_SUPERVISED });
const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const metrics = new Registry();
collectProcessMetrics(metrics);

const platform = await openPlatform(config);
const searchPath = process.env['PATH'] ?? '';
const guards = await ChildGuards.find({ searchPath, log });
const ffmpeg = await findFfmpeg({ ffmpegPath: config.FFMPEG_PATH, searchPath });
const engine = await openEngine({ ...(await engineChoice()), plan: slotPlanOf(config), guards, log });
await engine.start();

const workerId = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
const workDir = await openWorkDir(config.WORK_DIR);
const scratch = new DiskWatch({ folder: workDir, name: 'scratch', log, registry: metrics });
const ports = {
  workerId,
  jobs: platform.jobs,
  counters: platform.counters,
  objects: platform.objects,
  queue: platform.queue,
  throughput: platform.throughput,
  clock: platform.clock,
  decoder: new FfmpegDecoder({ ffmpeg, guards }),
  engine,
  times: jobTimesOf(config),
  chunkSeconds: config.CHUNK_SECONDS,
  dailyAudioSeconds: dailyAudioSecondsOf(config),
  maxAudioSeconds: maxAudioSecondsOf(config),
  workDir,
  scratch,
  log,
  metrics: createWorkerMetrics(metrics, engine),
};
const consumer = consumeTranscriptions(ports);
const registration = keepRegistered(ports, platform.workers, version);
const health = await serveHealth(
  { host: config.HEALTH_HOST, port: config.WORKER_HEALTH_PORT },
  {
    metrics,
    ready: async () => {
      if (await scratch.isFull()) throw new DiskFull(`no room in ${workDir}`);
      return {
        ...{ workerId, version, engine: engine.name, model: engine.model },
        demo: engine.modelWarning === 'demo_model',
        simulated: engine.modelWarning === 'simulated',
      };
    },
  },
);
log.info({
  event: 'worker.ready',
  workerId,
  slots: engine.slots,
  model: engine.model,
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

/** With the model that it needs, fetched where it is not there. */
async function engineChoice() {
  if (config.ENGINE === 'simulated') {
    log.warn({
      event: 'engine.simulated',
      note: 'Every transcript is invented: ENGINE=simulated is for tests.',
    });
    return { engine: config.ENGINE, simulation: simulationOf(config) };
  }
  const model = await ensureModel(config, { signal: stop, progress: logProgress(log) }).catch(
    (error: unknown) => {
      if (stop.aborted) process.exit(0);
      throw error;
    },
  );
  if (model.note) log.warn({ event: 'model.note', model: model.name, note: model.note });
  const { WHISPER_SERVER: serverPath, VAD_MODEL: vadModelPath } = config;
  return { engine: config.ENGINE, serverPath, vadModelPath, model };
}
