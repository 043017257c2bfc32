import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PlatformSettings, publicUrlOf } from '../platform-settings.ts';

const script = new URL('../../../localstack/ready.d/create-resources.py', import.meta.url);

describe('create-resources.py', () => {
  it('names buckets, queues and tables as the programs do, by the same variables', async () => {
    const source = await readFile(script, 'utf8');
    const named = [...source.matchAll(/^(\w+_(?:BUCKET|TABLE|QUEUE)) = setting\("(\w+)", "([^"]+)"\)$/gm)];
    const inScript = Object.fromEntries(named.map(([, , variable, name]) => [variable, name]));

    const settings = PlatformSettings.parse({});
    const inSettings = Object.entries(settings).filter(([key]) => /_(BUCKET|TABLE|QUEUE)$/.test(key));

    expect(inScript).toEqual(Object.fromEntries(inSettings));
    expect(source).toContain(`f"http://localhost:{setting('PORT', '8000')}"`);
    expect(publicUrlOf(settings)).toBe('http://localhost:8000');
  });
});
