import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { localSecret } from './local-secret.ts';
import { testFolder } from './testing/test-folder.ts';

const run = promisify(execFile);

describe('localSecret', () => {
  it('stays the same once it is made, another for each name', async () => {
    await using folder = await testFolder();
    const first = await localSecret(folder.path, 'storage');

    expect(first).toMatch(/^[\w-]{43}$/);
    expect(await localSecret(folder.path, 'storage')).toBe(first);
    expect(await localSecret(folder.path, 'links')).not.toBe(first);
  });

  it('is for our own user only, and leaves no other file', async () => {
    await using folder = await testFolder();
    await localSecret(join(folder.path, 'data'), 'storage');

    const modeOf = async (path: string) => (await stat(join(folder.path, path))).mode & 0o777;
    expect(await modeOf('data')).toBe(0o700);
    expect(await modeOf('data/secrets')).toBe(0o700);
    expect(await modeOf('data/secrets/storage')).toBe(0o600);
    expect(await readdir(join(folder.path, 'data/secrets'))).toEqual(['storage']);
  });

  it('is the same for programs that ask for it at the same moment', async () => {
    await using folder = await testFolder();
    const program = join(import.meta.dirname, 'testing/print-secret.child.ts');
    const args = ['--conditions=source', program, folder.path, 'storage'];

    const printed = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, args)));

    expect(new Set(printed.map(({ stdout }) => stdout)).size).toBe(1);
    expect(printed[0]?.stdout).toBe(await localSecret(folder.path, 'storage'));
  });

  it.each(['', '../x', 'a/b', 'A'])('refuses the name %j', async (name) => {
    await using folder = await testFolder();
    await expect(localSecret(folder.path, name)).rejects.toThrow('not a name for a secret');
  });
});
