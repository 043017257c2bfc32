import { describe, expect, it } from 'vitest';
import { cmakeFlags, engineDir } from './engine-directory.ts';

describe('engineDir', () => {
  it('lies in the cache that the environment names', () => {
    expect(engineDir('native', { XDG_CACHE_HOME: '/cache' })).toMatch(
      /^\/cache\/verbatim\/engine-[0-9a-f]{12}$/,
    );
    expect(engineDir('native', { HOME: '/home/ana', XDG_CACHE_HOME: '' })).toContain(
      '/.cache/verbatim/engine-',
    );
  });

  it('keeps builds for this processor and builds for every processor apart', () => {
    expect(engineDir('native')).not.toBe(engineDir('portable'));
    expect(engineDir('native')).toBe(engineDir('native'));
  });

  it('is known without a look at the sources', () => {
    const before = performance.now();
    engineDir('native');
    expect(performance.now() - before).toBeLessThan(100);
  });
});

describe('cmakeFlags', () => {
  it('leaves nothing about the processor to defaults, which change with the surroundings', () => {
    expect(cmakeFlags('native')).toContain('-DGGML_NATIVE=ON');
    expect(cmakeFlags('portable')).toContain('-DGGML_NATIVE=OFF');
    if (process.arch === 'x64') expect(cmakeFlags('portable')).toContain('-DGGML_CPU_ALL_VARIANTS=ON');
  });
});
