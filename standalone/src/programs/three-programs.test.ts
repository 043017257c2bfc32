import { describe, expect, it } from 'vitest';
import { StandaloneSettings } from '../settings.ts';
import { programEnvironment, threePrograms } from './three-programs.ts';

const ports = { api: 8000, worker: 8081, notifier: 40_123 };
const settings = { ...StandaloneSettings.parse({}), DATA_DIR: '/srv/verbatim' };

describe('the environment of the programs', () => {
  it('hands on what was given and says where the engine, the data and the ports are', () => {
    const env = programEnvironment({ MAIL_TO: 'ana@example.org', XDG_CACHE_HOME: '/cache' }, settings, ports);
    expect(env).toMatchObject({
      MAIL_TO: 'ana@example.org',
      PLATFORM: 'local',
      DATA_DIR: '/srv/verbatim',
      WORK_DIR: '/srv/verbatim/work',
      PORT: '8000',
      WORKER_HEALTH_PORT: '8081',
      NOTIFIER_HEALTH_PORT: '40123',
      VERBATIM_SUPERVISED: '1',
      XDG_CACHE_HOME: '/cache',
    });
    expect(env['WHISPER_SERVER']).toMatch(/^\/cache\/verbatim\/engine-[0-9a-f]{12}\/whisper-server$/);
  });

  it('leaves an engine, a work folder and a grace that were chosen as they are', () => {
    const chosen = {
      WHISPER_SERVER: '/opt/whisper-server',
      WORK_DIR: '/scratch',
      SHUTDOWN_GRACE_SECONDS: '3',
    };
    expect(programEnvironment(chosen, settings, ports)).toMatchObject(chosen);
  });
});

describe('the three programs', () => {
  it.each([
    [{}, 'http://127.0.0.1:8000/health/ready'],
    [{ HOST: '0.0.0.0' }, 'http://127.0.0.1:8000/health/ready'],
    [{ HOST: '192.0.2.7' }, 'http://192.0.2.7:8000/health/ready'],
    [{ HOST: '::1' }, 'http://[::1]:8000/health/ready'],
  ])('are asked where they listen: %j', (given, url) => {
    const plans = threePrograms({}, { ...settings, ...given }, ports);
    expect(plans.map((plan) => plan.readyUrl)).toEqual([
      url,
      'http://127.0.0.1:8081/health/ready',
      'http://127.0.0.1:40123/health/ready',
    ]);
  });
});
