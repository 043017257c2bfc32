import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ApiConfig } from '../api/src/config.ts';
import { NotifierConfig } from '../notifier/src/config.ts';
import { StandaloneSettings } from '../standalone/src/settings.ts';
import { WorkerConfig } from '../worker/src/config.ts';

const template = readFileSync(new URL('../.env.template', import.meta.url), 'utf8');
const settings = [...template.matchAll(/^#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => ({
  name,
  value,
}));

/** In production these are given; the programs refuse to start without. */
const given = { WHISPER_SERVER: '/opt/engine/whisper-server' };

describe('.env.template', () => {
  it('names every setting that a program reads, and no other, each once', () => {
    const read = [ApiConfig, NotifierConfig, StandaloneSettings, WorkerConfig].flatMap(({ shape }) =>
      Object.keys(shape),
    );
    expect(settings.map(({ name }) => name).toSorted()).toEqual([...new Set(read)].toSorted());
  });

  it.each([
    ['api', ApiConfig],
    ['notifier', NotifierConfig],
    ['worker', WorkerConfig],
  ])('shows the defaults that the %s has', (_, schema) => {
    const shown = settings.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]);
    expect(schema.parse({ ...given, ...Object.fromEntries(shown) })).toEqual(schema.parse(given));
  });
});
