import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelChoice } from './model-choice.ts';
import { ModelSettings, modelsDirOf } from './model-settings.ts';

describe('WHISPER_MODEL', () => {
  it.each([
    ['', { kind: 'published', model: 'small', quantized: true, named: false }],
    ['demo', { kind: 'demo' }],
    ['base', { kind: 'published', model: 'base', quantized: false, named: true }],
    ['base.en-q8_0', { kind: 'published', model: 'base.en', quantized: true, named: true }],
    ['large-v3-turbo-q8_0', { kind: 'published', model: 'large-v3-turbo', quantized: true, named: true }],
    ['models/mine', { kind: 'file', path: 'models/mine' }],
    ['mine.bin', { kind: 'file', path: 'mine.bin' }],
  ])('reads %j', (text, choice) => {
    expect(readModelChoice(text)).toEqual(choice);
  });

  it.each(['huge', 'large-v3.en', 'small-q5_1', 'constructor', '-q8_0'])(
    'refuses %j and lists what there is',
    (text) => {
      const parsed = ModelSettings.safeParse({ WHISPER_MODEL: text });
      expect(parsed.error?.issues[0]?.message).toMatch(/tiny, .*large-v3.*demo/);
    },
  );
});

describe('MODELS_DIR', () => {
  it("is in the user's cache folder where nothing is said", () => {
    expect(modelsDirOf(ModelSettings.parse({}))).toMatch(/\.cache\/verbatim\/models$/);
    expect(modelsDirOf(ModelSettings.parse({ XDG_CACHE_HOME: '/cache' }))).toBe(
      join('/cache/verbatim/models'),
    );
    expect(modelsDirOf(ModelSettings.parse({ XDG_CACHE_HOME: '/cache', MODELS_DIR: '/m' }))).toBe('/m');
  });
});
