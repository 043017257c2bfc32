import { dirname, join } from 'node:path';
import { apiHostOf, type Ports } from '../choose-ports.ts';
import { cacheDirectory, engineDir } from '../engine/engine-directory.ts';
import type { StandaloneSettings } from '../settings.ts';
import type { ProgramPlan } from './start-programs.ts';

/** The environment of every program, the model's included: what was given, with what `npm start` knows better. */
export function programEnvironment(
  given: NodeJS.ProcessEnv,
  settings: StandaloneSettings,
  ports: Ports,
): NodeJS.ProcessEnv {
  return {
    ...given,
    PLATFORM: settings.PLATFORM,
    DATA_DIR: settings.DATA_DIR,
    PORT: `${ports.api}`,
    WORKER_HEALTH_PORT: `${ports.worker}`,
    NOTIFIER_HEALTH_PORT: `${ports.notifier}`,
    WHISPER_SERVER: given['WHISPER_SERVER'] || join(engineDir('native', given), 'whisper-server'),
    XDG_CACHE_HOME: dirname(cacheDirectory(given)),
    VERBATIM_SUPERVISED: '1',
    // Not below /tmp, which other users share and which may be small: decoded audio takes 115 MB an hour.
    WORK_DIR: given['WORK_DIR'] || join(settings.DATA_DIR, 'work'),
    // With what follows (the engine's own grace, the hand-back) everything is over before we would kill it.
    SHUTDOWN_GRACE_SECONDS: given['SHUTDOWN_GRACE_SECONDS'] || '1',
  };
}

export function threePrograms(
  env: NodeJS.ProcessEnv,
  settings: StandaloneSettings,
  ports: Ports,
): ProgramPlan[] {
  const apiHost = reachable(apiHostOf(settings));
  return [
    {
      name: 'api',
      script: 'api/dist/main.js',
      env,
      readyUrl: `http://${apiHost}:${ports.api}/health/ready`,
    },
    {
      name: 'worker',
      script: 'worker/dist/main.js',
      env,
      readyUrl: `http://127.0.0.1:${ports.worker}/health/ready`,
    },
    {
      name: 'notifier',
      script: 'notifier/dist/main.js',
      env,
      readyUrl: `http://127.0.0.1:${ports.notifier}/health/ready`,
    },
  ];
}

/** How this machine reaches what listens at `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
