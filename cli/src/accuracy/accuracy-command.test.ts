import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aTranscript } from '@verbatim/domain/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeVerbatim, processing } from '../testing/fake-verbatim.ts';
import { runVerbatim } from '../testing/run-verbatim.ts';

describe('verbatim accuracy', () => {
  let folder: string;
  let server: FakeVerbatim;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verbatim-accuracy-'));
    server = await FakeVerbatim.start();
    server.course = [
      { ...processing(0), startedAt: '2026-01-01T00:00:00.000Z' },
      { status: 'COMPLETED', finishedAt: '2026-01-01T00:00:01.000Z' },
    ];
    const texts: Record<string, string> = {
      'a.mp3': 'The door is blue.',
      'b.mp3': 'The dog is white.',
      'c.mp3': 'Hola.',
    };
    server.transcript = ({ fileName }) =>
      aTranscript([{ start: 0, end: 10, text: texts[fileName] ?? '' }], {
        language: fileName === 'c.mp3' ? 'es' : 'en',
      });
    await given('a.mp3', 'The door is blue');
    await given('b.mp3', 'The door is white today');
    await given('c.mp3', '¡Hola!');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function given(name: string, truth: string): Promise<void> {
    await writeFile(join(folder, name), 'sound');
    await writeFile(join(folder, name.replace('.mp3', '.txt')), truth);
  }
  const accuracy = (...options: string[]) =>
    runVerbatim(['accuracy', '--data', folder, '--url', server.url, '--jobs', '1', ...options]);

  it('prints a table by recording and by language', async () => {
    const { exitCode, stdout } = await accuracy();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^a\.mp3 +en +0:10 +4 +0\.0 % +0 +0 +0 +0\.0 % +0\.90$/m);
    expect(stdout).toMatch(/^b\.mp3 +en +0:10 +5 +40\.0 % +1 +1 +0 /m);
    expect(stdout).toMatch(/^en +2 +0:20 +9 +22\.2 % +1 +1 +0 +\S+ % +0\.0 % to 40\.0 % +0\.100$/m);
    expect(stdout).toMatch(/^es +1 +0:10 +1 +0\.0 % /m);
    expect(stdout).toMatch(/^all +3 +0:30 +10 +20\.0 % /m);
    expect(stdout).toMatch(/^0\.9 to 1\.0 +9 +0\.900 +88\.9 %$/m);
  });

  it('writes everything as JSON', async () => {
    const file = join(folder, 'report.json');
    await accuracy('--json', file);
    const report = JSON.parse(await readFile(file, 'utf8'));
    expect(report).toMatchObject({
      normaliser: 'whisper',
      models: ['demo'],
      all: { words: 10, wer: 0.2 },
      failed: [],
    });
    expect(Object.keys(report.languages)).toEqual(['en', 'es']);
    expect(report.calibration.bins).toHaveLength(10);
    expect(report.files[1]).toMatchObject({
      file: 'b.mp3',
      substitutions: 1,
      deletions: 1,
      audioSeconds: 10,
      processingSeconds: 1,
    });
  });

  it('leaves nothing on the server', async () => {
    await accuracy();
    expect(server.jobs.size).toBe(0);
  });

  it('measures a part, taken evenly, where asked', async () => {
    const { stdout } = await accuracy('--limit', '2', '--normalizer', 'none');
    expect(
      stdout
        .split('\n')
        .filter((line) => /^\w\.mp3/.test(line))
        .map((line) => line[0]),
    ).toEqual(['a', 'b']);
    expect(stdout).toContain('by the rules "none"');
  });

  it('says how far it is and how well it goes', async () => {
    const { stderr } = await accuracy();
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^33 %, 1 of 3 recordings, WER 0\.0 % so far, about \d+:\d\d left$/),
      expect.stringMatching(/^66 %, 2 of 3 recordings, WER 22\.2 % so far/),
      '100 %, 3 of 3 recordings, WER 20.0 % so far',
      '',
    ]);
  });

  it('goes on after a recording that fails, and ends with 1', async () => {
    await given('b.mp3', 'x');
    await writeFile(join(folder, 'b.mp3'), '');
    const { exitCode, stdout, stderr } = await accuracy();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^all +2 /m);
    expect(stdout).toMatch(/^b\.mp3: The file is empty\.$/m);
    expect(stderr).toContain('1 recordings failed.');
  });

  it('prints what it has when it is stopped', async () => {
    const stop = new AbortController();
    const running = runVerbatim(['accuracy', '--data', folder, '--url', server.url, '--jobs', '1'], {
      stop: stop.signal,
    });
    await vi.waitUntil(() => server.routes().includes('DELETE /v1/jobs/:id'));
    server.course = [processing(0)];
    await vi.waitUntil(() =>
      [...server.jobs.values()].some(({ job }) => job.fileName !== 'a.mp3' && job.status === 'PROCESSING'),
    );
    stop.abort();
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/^a\.mp3 /m);
    expect(stderr).toMatch(/Stopped after \d of 3 recordings\./);
    expect([...server.jobs.values()].map(({ job }) => job.status)).toEqual(['CANCELED']);
  });
});
