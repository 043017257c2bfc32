import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const here = JSON.stringify(import.meta.dirname);

/** A program of its own, since this one must not end. */
function ended(main: string) {
  const script = `
    const { sayWhyEnded } = await import(${here} + '/say-why-ended.ts');
    const { BadSettings } = await import(${here} + '/read-settings.ts');
    sayWhyEnded();
    ${main}`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stderr };
}

describe('sayWhyEnded', () => {
  it('says a setting that does not fit in its own words, without a stack', () => {
    expect(ended(`throw new BadSettings(['HOST: has to be an address'])`)).toEqual({
      status: 1,
      stderr: "The settings don't fit:\n  - HOST: has to be an address\n",
    });
  });

  it('says anything else with its stack and its cause', () => {
    const { status, stderr } = ended(`Promise.reject(new Error('no luck', { cause: new Error('rain') }))`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Error: no luck\n +at .*\[cause\]: Error: rain\n +at /s);
  });
});
