import { cpuTimeOfTree, since, type TreeCpuTime } from '../src/drivers/cpu-time.ts';
import { Verbatim } from '../src/drivers/verbatim.ts';
import type { VerbatimClient } from '../src/drivers/verbatim-client.ts';
import { waitFor } from '../src/drivers/wait-for.ts';
import type { BenchSetting } from './bench-setting.ts';

export interface AroundEngine {
  long: SpentAround;
  short: SpentAround;
  /** CPU seconds a minute of all programs together while there is nothing to do. */
  idleCpuSecondsPerMinute: number;
}

export interface SpentAround {
  files: number;
  audioSeconds: number;
  engineCpuSeconds: number;
  /** By program, all but the engine. */
  aroundCpuSeconds: Record<string, number>;
  /** Of the engine's. */
  share: number;
}

const idleSeconds = 20;

/**
 * `npm start` with one slot, recordings sent over HTTP, from its being ready until every job's mail is out: what all its
 * processes spend beside the engine, those included that have ended (ffmpeg).
 */
export async function aroundEngine({ model, plan, recordings, say }: BenchSetting): Promise<AroundEngine> {
  const long = await recordings.mp3Files(1, plan.aroundSeconds);
  const short = await recordings.mp3Files(plan.aroundShortFiles, plan.shortSeconds);
  await using verbatim = await Verbatim.start({
    WHISPER_MODEL: model.q8_0,
    WORKER_SLOTS: '1',
    ENGINE_THREADS: '1',
    MAIL_TO: 'ana@example.com',
  });
  const measure = async (paths: string[], secondsEach: number): Promise<SpentAround> => {
    const before = cpuTimeOfTree(verbatim.pid);
    await transcribeAll(verbatim.client, paths);
    const spent = spentAround(since(before, cpuTimeOfTree(verbatim.pid)), paths.length, secondsEach);
    say(
      `npm start, ${paths.length} x ${secondsEach} s: ${(100 * spent.share).toFixed(2)} % around the engine`,
    );
    return spent;
  };
  const onLong = await measure(long, plan.aroundSeconds);
  const onShort = await measure(short, plan.shortSeconds);
  const before = cpuTimeOfTree(verbatim.pid);
  await new Promise((resolve) => setTimeout(resolve, 1_000 * idleSeconds));
  const idle = total(since(before, cpuTimeOfTree(verbatim.pid)).around);
  return { long: onLong, short: onShort, idleCpuSecondsPerMinute: (60 / idleSeconds) * idle };
}

async function transcribeAll(client: VerbatimClient, paths: readonly string[]): Promise<void> {
  const jobIds: string[] = [];
  for (const path of paths) {
    const { jobId } = await client.upload(path, { language: 'en' });
    await client.announceUpload(jobId);
    jobIds.push(jobId);
  }
  for (const jobId of jobIds) {
    // As the page and the command line do it: told, not asking.
    for await (const job of client.follow(jobId)) {
      if (job.status === 'FAILED') throw new Error(`a job failed: ${JSON.stringify(job.error)}`);
    }
    const mailed = async () => (await client.job(jobId)).notification === 'sent';
    await waitFor('its mail', mailed, { everyMs: 500 });
  }
}

function spentAround({ engine, around }: TreeCpuTime, files: number, secondsEach: number): SpentAround {
  return {
    files,
    audioSeconds: files * secondsEach,
    engineCpuSeconds: engine,
    aroundCpuSeconds: around,
    share: total(around) / engine,
  };
}

function total(around: Record<string, number>): number {
  return Object.values(around).reduce((sum, seconds) => sum + seconds, 0);
}
