import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const settings = [...read('.env.template').matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name ?? '');

/** Where a program finds things in its image, and what is no choice inside of a container. */
const fixedByTheImages = [
  'DATA_DIR',
  'FFMPEG_PATH',
  'HEALTH_HOST',
  'HOST',
  'MODELS_DIR',
  'NOTIFIER_HEALTH_PORT',
  'VERBATIM_SUPERVISED',
  'WHISPER_MODEL_PATH',
  'WHISPER_QUANTIZE',
  'WHISPER_SERVER',
  'WORKER_HEALTH_PORT',
  'WORK_DIR',
  'XDG_CACHE_HOME',
];
const fixedByTheFiles = ['PLATFORM', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'];
/** Names inside of an emulator that forgets everything: nobody needs others. */
const namesOnAws = [
  'AUDIO_BUCKET',
  'JOBS_TABLE',
  'NOTIFICATION_QUEUE',
  'STATE_TABLE',
  'TRANSCRIPTION_QUEUE',
  'TRANSCRIPTS_BUCKET',
  'UPLOADS_QUEUE',
];

describe.each([
  ['docker-compose.yaml', []],
  ['docker-compose.selfhost.yaml', ['S3_PUBLIC_ENDPOINT']],
])('%s', (file, ofTheOtherPlatform) => {
  const fixed = [...fixedByTheImages, ...fixedByTheFiles, ...namesOnAws, ...ofTheOtherPlatform];
  const text = read(file).replace(/^\s*#.*$/gm, '');
  const passedOn = [...text.matchAll(/^\s+([A-Z][A-Z0-9_]*): .*\$\{([A-Z0-9_]+):-/gm)];

  it('passes every setting on from .env, or it is one that has to be fixed', () => {
    const read = new Set([...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name));
    expect(settings.filter((name) => !read.has(name)).toSorted()).toEqual(fixed.toSorted());
  });

  it('passes each on under its own name', () => {
    const renamed = passedOn.filter(
      ([, name, from]) => name !== from && `${name} ${from}` !== 'AWS_DEFAULT_REGION AWS_REGION',
    );
    expect(renamed.map(([line]) => line.trim())).toEqual([]);
  });

  it('passes on nothing that no program reads', () => {
    const unknown = passedOn.map(([, , from]) => from ?? '').filter((name) => !settings.includes(name));
    expect([...new Set(unknown)].filter((name) => name !== 'AWS_REGION')).toEqual([]);
  });

  it('gives api, worker and notifier no more than they need', () => {
    const hardened = /^x-service: &service\n((?: {2}.+\n)+)/m.exec(text)?.[1] ?? '';
    for (const setting of [
      'read_only: true',
      'cap_drop: [ALL]',
      'security_opt: ["no-new-privileges:true"]',
    ]) {
      expect(hardened).toContain(setting);
    }
    for (const program of ['api', 'worker', 'notifier']) {
      const service = new RegExp(`^ {2}${program}:\\n((?: {4,}.*\\n|\\n)+)`, 'm').exec(text)?.[1] ?? '';
      expect(service).toContain('<<: *service');
      expect(service).not.toMatch(/^\s+(user|privileged|cap_add|cap_drop|security_opt|read_only):/m);
    }
  });
});
