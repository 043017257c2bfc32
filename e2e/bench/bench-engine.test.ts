import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModel, whisperServerPath } from '../../worker/src/engine/testing/real-programs.ts';
import { cpuTimeOf, cpuTimeOfTree, since } from '../src/drivers/cpu-time.ts';
import { planFor } from './bench-plan.ts';
import { type BenchReport, boundsOf } from './bench-report.ts';
import type { Listener } from './listener.ts';
import { measureSideBySide } from './measure-side-by-side.ts';
import { OurEngine } from './our-engine.ts';
import { compare } from './ratios.ts';
import { Recordings } from './recordings.ts';
import { reportText } from './report-text.ts';
import { WhisperCli } from './whisper-cli.ts';

const say = () => {};
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-bench-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the engine beside whisper-cli', { timeout: 60_000 }, () => {
  it('hears the same words, and its own account of CPU time is the system’s', async () => {
    const serverPath = await whisperServerPath();
    const same = { modelPath: demoModel.path, language: 'en', threads: 1 };
    const cliPath = join(dirname(serverPath), 'whisper-cli');
    const cli = new WhisperCli({ ...same, name: 'whisper-cli', cliPath });
    await using engine = await OurEngine.start({ ...same, name: 'our engine', serverPath });
    const files = await (await Recordings.open(folder)).wavFiles(2, 20);

    const [ours = [], theirs = []] = await measureSideBySide([engine, cli], [files], say);

    const { cpu, cpuInTotal } = compare(ours, theirs);
    expect(ours[0]?.cpuSeconds).toBeGreaterThan(0.05);
    expect(theirs[0]?.cpuSeconds).toBeGreaterThan(0.05);
    expect(cpu.median).toBeCloseTo(cpuInTotal);
    expect(engine.startCpuSeconds).toBeGreaterThan(0);
  });
});

describe('measureSideBySide', () => {
  const recording = { wavPath: '/none.wav', durationSeconds: 1 };
  const saying = (name: string, text: string, asked: string[]): Listener => ({
    name,
    hear: async () => {
      asked.push(name);
      return { text, cpuSeconds: 1, wallSeconds: 2 };
    },
  });

  it('lets another side begin each time', async () => {
    const asked: string[] = [];
    const sides = [saying('a', 'Yes.', asked), saying('b', 'Yes.', asked)];
    const spent = await measureSideBySide(sides, [[recording, recording], [recording]], say);
    expect(asked.join('')).toBe('aabbba');
    expect(spent[0]).toEqual([
      { cpuSeconds: 2, wallSeconds: 4 },
      { cpuSeconds: 1, wallSeconds: 2 },
    ]);
  });

  it.each([
    ['other words', 'No.', 'Yes.'],
    ['nothing', '', ''],
  ])('refuses a comparison of sides that heard %s', async (_, one, other) => {
    const sides = [saying('a', one, []), saying('b', other, [])];
    await expect(measureSideBySide(sides, [[recording]], say)).rejects.toThrow('heard something else');
  });
});

describe('cpuTimeOfTree', () => {
  it('counts what children spent that have ended since', async () => {
    const burn = 'const end = Date.now() + 200; while (Date.now() < end);';
    const before = cpuTimeOfTree(process.pid);
    await promisify(execFile)(process.execPath, ['-e', burn]);
    const { around } = since(before, cpuTimeOfTree(process.pid));
    const ofChildren = Object.entries(around).filter(([name]) => name.startsWith('children of'));
    expect(ofChildren.reduce((sum, [, seconds]) => sum + seconds, 0)).toBeGreaterThan(0.05);
  });

  it('knows nothing of a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(cpuTimeOf(child.pid ?? 0)).toBeNull();
  });
});

describe('the report', () => {
  const half = compare([{ cpuSeconds: 5, wallSeconds: 5 }], [{ cpuSeconds: 10, wallSeconds: 10 }]);
  const equal = compare([{ cpuSeconds: 10, wallSeconds: 5 }], [{ cpuSeconds: 10, wallSeconds: 10 }]);
  const beside = { besidePackage: half, besideOwnBuild: equal };
  const spent = { files: 1, audioSeconds: 600, engineCpuSeconds: 40, aroundCpuSeconds: { worker: 1.5 } };
  const figures: BenchReport['models'][number] = {
    model: 'base',
    plan: planFor('base', false),
    cli: { long: beside, short: beside, startCpuSeconds: 0.1 },
    around: {
      long: { ...spent, share: 1.5 / 40 },
      short: { ...spent, share: 1.5 / 40 },
      idleCpuSecondsPerMinute: 0.2,
    },
    builds: [{ name: 'blas', what: 'OpenBLAS', comparison: null, reason: 'cmake ended' }],
  };

  it('holds each promise against its figure', () => {
    const bounds = boundsOf(figures);
    expect(bounds.map(({ atMost, measured, met }) => [measured, atMost, met])).toEqual([
      [0.5, 0.8, true],
      [0.5, 0.8, true],
      [1, 1.03, true],
      [1, 0.98, false],
      [0.0375, 0.03, false],
    ]);
  });

  it('says what was measured, and what could not be', () => {
    const machine = { processor: 'CPU', cores: 2, node: 'v24', loadAverage: 0.5 };
    const text = reportText({
      ...{ at: '2026-01-02T03:04:05Z', commit: 'abc', machine, quick: false },
      ...{ models: [figures], bounds: boundsOf(figures) },
    });
    expect(text).toContain('| 180 s, 3 times | as nodejs-whisper builds it | 5.00 | 10.0 | 0.500 |');
    expect(text).toContain('| 1 x 600 s | 40.0 | worker 1.50 | 3.75 % |');
    expect(text).toContain('not measured: cmake ended');
    expect(text).toContain('MISSED');
  });
});
