// npm run abuse -- --part files
//
// Sends hostile input of every kind to the real programs and reads what came of it. Where the system allows it, all of it
// runs enclosed: in a network whose way out is counted, and in a file system where nothing else can be written.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BadOptions, readAbuseOptions, usage } from './abuse-options.ts';
import { enclosureFor, runToItsEnd } from './enclosure.ts';
import { runParts } from './run-parts.ts';

try {
  const inside = process.env['VERBATIM_ABUSE_FOLDER'];
  const options = readAbuseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else if (inside === undefined) process.exitCode = await runInAFolderOfItsOwn(options.jsonPath);
  else {
    process.exitCode = await runParts(options, {
      folder: inside,
      enclosed: process.env['VERBATIM_ABUSE_ENCLOSED'] === '1',
      searchPath: process.env['PATH'] ?? '',
      ffmpeg: process.env['FFMPEG_PATH'] ?? 'ffmpeg',
      onTerminal: process.stdout.isTTY === true,
      env: options.workersFfmpeg === null ? {} : { FFMPEG_PATH: resolve(options.workersFfmpeg) },
      write: (text) => void process.stdout.write(text),
    });
  }
} catch (error) {
  if (!(error instanceof BadOptions)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}

async function runInAFolderOfItsOwn(jsonPath: string | null): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-abuse-'));
  try {
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const enclosure = enclosureFor(folder);
    const env = {
      ...process.env,
      TMPDIR: temporary,
      VERBATIM_ABUSE_FOLDER: folder,
      VERBATIM_ABUSE_ENCLOSED: enclosure ? '1' : '0',
    };
    const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    const code = await runToItsEnd([...(enclosure ?? []), ...again], env);
    const report = join(folder, 'report.json');
    if (jsonPath !== null && existsSync(report)) copyFileSync(report, resolve(jsonPath));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
