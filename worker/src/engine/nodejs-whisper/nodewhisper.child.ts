import { join } from 'node:path';
import { nodewhisper } from 'nodejs-whisper';
import constants from 'nodejs-whisper/dist/constants.js';
import { packageModelName } from './stage-call.ts';

/**
 * A process of its own around the npm package, for one recording: the package changes its process' working directory, runs
 * a shell and can't be cancelled. Its arguments: a staged folder, the language's code or `auto`, the task.
 */
const [folder = '', language = 'auto', task = 'transcribe'] = process.argv.slice(2);

// It looks for whisper-cli below this folder, and would build one in node_modules where it finds none.
Object.assign(constants, { WHISPER_CPP_PATH: folder });
process.env['PACKAGE_PID'] = String(process.pid);

/** What whisper.cpp says about its progress comes as debug. Nothing else leaves: it may hold what people said. */
const logger = {
  debug: (...words: unknown[]) => void process.stderr.write(`${words.join(' ')}\n`),
  log: () => undefined,
  error: () => undefined,
};
try {
  await nodewhisper(join(folder, 'audio.wav'), {
    modelName: packageModelName,
    modelRootPath: folder,
    whisperOptions: { outputInJsonFull: true, language, translateToEnglish: task === 'translate' },
    logger,
  });
} catch {
  process.exitCode = 1;
}
