import { type BackupOptions, backUp, restoreBackup, verifyBackup } from '@verbatim/adapters/backup';
import type { Command } from 'commander';
import { size } from '../progress/describe.ts';
import type { Surroundings } from '../surroundings.ts';
import { backupProgress } from './backup-progress.ts';
import { dataFolder } from './data-folder.ts';

type Manifest = Awaited<ReturnType<typeof verifyBackup>>;
type Options = { dataDir?: string; json?: boolean };

const dataDirOption = [
  '--data-dir <dir>',
  'the data folder (default: DATA_DIR, as npm start reads it)',
] as const;

/** The data of a server on this machine (`PLATFORM=local`): files and no HTTP, since a copy needs no server. */
export function addBackup(program: Command, { env, stdout, stderr, stop }: Surroundings): void {
  const print = (manifest: Manifest, sentence: string, { json }: Options) => {
    stdout.write(json ? `${JSON.stringify({ ...manifest, files: undefined })}\n` : `${sentence}\n`);
    const { lost } = manifest;
    if (lost.length === 0) return;
    stderr.write(`The data folder itself had lost or damaged ${lost.length} files:\n${lost.join('\n')}\n`);
  };
  const withProgress = async (work: (options: BackupOptions) => Promise<Manifest>): Promise<Manifest> => {
    const progress = backupProgress(stderr);
    try {
      return await work({ onProgress: progress.show, signal: stop });
    } finally {
      progress.end();
    }
  };

  const backup = program
    .command('backup')
    .description('copy the data of the server on this machine, while it runs, and check the copy')
    .argument('<dir>', 'the folder to make')
    .option(...dataDirOption)
    .option('--json', 'as JSON')
    .action(async (dir: string, options: Options) => {
      const from = dataFolder(options.dataDir, env);
      const manifest = await withProgress((running) => backUp(from, dir, running));
      print(manifest, `${dir} holds ${contentsOf(manifest)}.`, options);
    });
  backup
    .command('verify')
    .description('read every byte of a backup and compare')
    .argument('<dir>', 'the backup')
    .action(async (dir: string) => {
      const manifest = await verifyBackup(dir, { signal: stop });
      print(manifest, `${dir} is whole: ${contentsOf(manifest)}, taken ${manifest.takenAt}.`, {});
    });
  program
    .command('restore')
    .description('make a data folder of a backup; nothing may be in it')
    .argument('<backup>', 'the backup')
    .option(...dataDirOption)
    .option('--json', 'as JSON')
    .action(async (dir: string, options: Options) => {
      const to = dataFolder(options.dataDir, env);
      const manifest = await withProgress((running) => restoreBackup(dir, to, running));
      print(manifest, `${to} is as it was ${manifest.takenAt}: ${contentsOf(manifest)}.`, options);
    });
}

function contentsOf({ objects, bytes }: Manifest): string {
  return `${objects} recordings, transcripts and other files, ${size(bytes)} with the database`;
}
