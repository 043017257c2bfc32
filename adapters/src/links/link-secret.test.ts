import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadSettings } from '../program/read-settings.ts';
import { linkSecretOf } from './link-secret.ts';

describe('linkSecretOf', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-secret-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes one secret for programs that start together, and keeps it', async () => {
    const settings = { PLATFORM: 'local', DATA_DIR: join(folder, 'data') } as const;
    const secrets = await Promise.all(Array.from({ length: 8 }, () => linkSecretOf(settings)));
    expect(new Set([...secrets, await linkSecretOf(settings)]).size).toBe(1);
    expect(secrets[0]).toMatch(/^[\w-]{43}$/);
  });

  it('takes the one that is set', async () => {
    const LINK_SECRET = 'x'.repeat(32);
    expect(await linkSecretOf({ PLATFORM: 'aws', DATA_DIR: folder, LINK_SECRET })).toBe(LINK_SECRET);
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not start on aws without one: api and notifier would sign with different ones', async () => {
    await expect(linkSecretOf({ PLATFORM: 'aws', DATA_DIR: folder })).rejects.toThrow(BadSettings);
  });
});
