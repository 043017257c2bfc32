import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samplePath, trueText, wordErrorRate } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

const cli = resolve(import.meta.dirname, '../../../cli/bin/verbatim.mjs');
const verbatim = (...args: string[]) => promisify(execFile)(process.execPath, [cli, ...args]);

describe('a backup of a server at work', () => {
  let folder: string;
  let lost: Verbatim;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-backup-'));
    lost = await Verbatim.start({ MAIL_TO: 'ana@example.com' });
  }, 120_000);
  afterEach(async () => {
    await lost[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('brings everything back: what was done stays done and mailed once, what ran goes on', async () => {
    // Given a job that is done and told of, and one at work
    const done = await lost.client.upload(samplePath('en-short.wav'));
    await lost.client.announceUpload(done.jobId);
    await waitFor('the mail', async () => (await lost.client.job(done.jobId)).notification === 'sent');
    const running = await lost.client.upload(samplePath('sample.mp3'));
    await lost.client.announceUpload(running.jobId);
    await waitFor(
      'the engine to work',
      async () => (await lost.client.job(running.jobId)).progress.phase === 'transcribing',
    );

    // When a backup is taken meanwhile, the machine is lost, and the backup restored
    const backup = join(folder, 'backup');
    const taken = await verbatim('backup', backup, '--data-dir', lost.dataDir);
    expect(taken.stdout).toMatch(/holds \d+ recordings, transcripts and other files/);
    expect((await verbatim('backup', 'verify', backup)).stdout).toMatch(/is whole/);
    expect((await lost.client.job(running.jobId)).status, 'it was no hindrance').toBe('PROCESSING');
    await lost.kill('everything');
    const dataDir = join(folder, 'data');
    await verbatim('restore', backup, '--data-dir', dataDir);
    const mailsBefore = await namesAndTimes(dataDir);
    expect(mailsBefore).toHaveLength(1);

    // Then a start on it goes on
    await using found = await Verbatim.start({ MAIL_TO: 'ana@example.com' }, dataDir);
    expect((await found.client.transcript(done.jobId)).text).toBe(trueText('en-short.wav'));
    await found.client.waitUntil(running.jobId, 'COMPLETED', 150_000);
    const { text } = await found.client.transcript(running.jobId);
    expect(wordErrorRate(trueText('sample.mp3'), text)).toBeLessThan(0.05);
    await waitFor('its mail', async () => (await found.client.job(running.jobId)).notification === 'sent');
    expect(await namesAndTimes(dataDir)).toEqual(expect.arrayContaining(mailsBefore));
    expect(await namesAndTimes(dataDir)).toHaveLength(2);
  });
});

async function namesAndTimes(dataDir: string): Promise<string[]> {
  const names = await readdir(join(dataDir, 'outbox'));
  return Promise.all(
    names.map(async (name) => `${name} ${(await stat(join(dataDir, 'outbox', name))).mtimeMs}`),
  );
}
