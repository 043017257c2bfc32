import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AbuseOptions, Part } from './abuse-options.ts';
import { abuseCanaries } from './canaries/abuse-canaries.ts';
import { faultsOfEnclosure, packetsOut } from './enclosure.ts';
import { abuseFiles, maxAudioHours } from './files/abuse-files.ts';
import { abuseMutations } from './mutations/abuse-mutations.ts';
import { abusePaths } from './paths/abuse-paths.ts';
import { Report } from './report.ts';
import { abuseRoutes } from './routes/abuse-routes.ts';
import type { Surroundings } from './surroundings.ts';
import { Target } from './target.ts';

interface Here {
  folder: string;
  enclosed: boolean;
  searchPath: string;
  ffmpeg: string;
  onTerminal: boolean;
  write: (text: string) => void;
  /** For the server, over what its parts want. */
  env: Record<string, string>;
}

type RunPart = (target: Target, report: Report, surroundings: Surroundings) => Promise<void>;

const real = { MAX_AUDIO_HOURS: String(maxAudioHours), LOG_LEVEL: 'trace' };
/** Each part with the settings that its server starts with; neighbours with the same share a server. */
const work: Record<Part, { run: RunPart; env: Record<string, string> }> = {
  files: { run: abuseFiles, env: real },
  paths: { run: abusePaths, env: real },
  routes: { run: abuseRoutes, env: real },
  canaries: { run: abuseCanaries, env: real },
  mutations: { run: abuseMutations, env: { ENGINE: 'simulated', SIM_RTF: '0.001' } },
};

/** Resolves to the exit code: 0 when everything is as it should be. */
export async function runParts(options: AbuseOptions, here: Here): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort()).once('SIGTERM', () => interrupted.abort());
  const { signal } = interrupted;
  const report = new Report(here.write, here);
  const surroundings = { ...options, ...here, signal };

  if (here.enclosed)
    report.check('what leaves and what is written elsewhere is seen', [], await faultsOfEnclosure());
  else {
    report.note(
      'connections outward and files elsewhere are not seen here: no unshare, ip and mount, or no right to them',
    );
  }
  for (const parts of byServer(options.parts)) {
    if (!signal.aborted) await abuseServer(parts, report, surroundings, here);
  }
  here.write(`\n${report.summary()}${signal.aborted ? ', interrupted' : ''}\n`);
  const { parts, count, seed, quick } = options;
  const facts = { parts, count, seed, quick, enclosed: here.enclosed, interrupted: signal.aborted };
  writeFileSync(join(here.folder, 'report.json'), report.json(facts));
  if (signal.aborted) return 130;
  return report.failed === 0 ? 0 : 1;
}

function byServer(parts: Part[]): Part[][] {
  return Object.values(Object.groupBy(parts, (part) => JSON.stringify(work[part].env))).map(
    (some) => some ?? [],
  );
}

async function abuseServer(
  parts: Part[],
  report: Report,
  surroundings: Surroundings,
  here: Here,
): Promise<void> {
  const [first] = parts;
  if (first === undefined) return;
  await using target = await Target.start({ ...here, env: { ...work[first].env, ...here.env } });
  const sentBefore = here.enclosed ? packetsOut() : 0;
  const filesBefore = filesNow(here.folder, target);
  for (const part of parts) {
    report.begin(part);
    if (!surroundings.signal.aborted) await work[part].run(target, report, surroundings);
  }
  if (surroundings.signal.aborted) return;
  report.check('every program lived through it', [42], target.deaths());
  if (!here.enclosed) return;
  const sent = packetsOut() - sentBefore;
  report.check('nothing was sent to other machines', [40, 42], sent === 0 ? [] : [`${sent} packets`]);
  const stray = strayFiles(filesBefore, filesNow(here.folder, target));
  report.check('nothing was written outside the data folder', [42], stray);
}

/** What lies in the only folder that can be written, and in the server's own below it. */
function filesNow(folder: string, { verbatim }: Target): string[] {
  return [join(folder, 'tmp'), verbatim.dataDir].flatMap((place) =>
    readdirSync(place).map((name) => join(place, name)),
  );
}

/** New ones that nobody is meant to write. The first mail makes the outbox. */
function strayFiles(before: string[], now: string[]): string[] {
  return now.filter((path) => !before.includes(path) && !path.endsWith('/outbox'));
}
