import { describe, expect, it } from 'vitest';
import { parts, readBenchOptions } from './bench-options.ts';

describe('readBenchOptions', () => {
  it('measures everything unless told otherwise', () => {
    expect(readBenchOptions([])).toMatchObject({
      models: ['base', 'small'],
      parts,
      builds: null,
      quick: false,
    });
  });

  it('measures what was chosen, in its own order', () => {
    const options = readBenchOptions(['--model', 'small', '--only', 'builds,cli', '--builds', 'lto,blas']);
    expect(options).toMatchObject({ models: ['small'], parts: ['cli', 'builds'], builds: ['lto', 'blas'] });
  });

  it.each([[['--model', 'huge']], [['--only', 'flags']], [['--often']]])('refuses %s', (args) => {
    expect(() => readBenchOptions(args)).toThrow(/huge|flags|often/);
  });
});
