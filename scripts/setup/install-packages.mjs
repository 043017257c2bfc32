import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeProgram, repository } from './repository.mjs';
import { SetupFailed } from './setup-failed.mjs';

/** Of the Node that runs everything else: node:sqlite and more. */
const oldestNode = 24;

/** Runs `npm ci` where node_modules is not what the lock file says, as after a clone, a pull or an interrupted install. */
export function installPackages({ root = repository, env = process.env, stdio = 'inherit' } = {}) {
  const stamp = join(root, 'node_modules/.installed');
  const wanted = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  console.log('Installing the npm packages (about a minute the first time) ...');
  rmSync(stamp, { force: true });
  npmCi(root, env, stdio);
  requireNode();
  writeFileSync(stamp, wanted);
}

/** A node_modules made for another system holds programs that don't run on this one. */
function fingerprint(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}\n`;
}

function npmCi(root, env, stdio) {
  // Not the node on PATH: it may be the one in node_modules, which is about to be replaced.
  const { npm_node_execpath: node = process.execPath, npm_execpath: npm } = env;
  const [program, ...first] = [...diesWithUs(), ...(npm ? [node, npm] : ['npm'])];
  const options = ['--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
  const { status, error } = spawnSync(program, [...first, 'ci', ...options], {
    cwd: root,
    env,
    stdio,
  });
  if (error) throw new SetupFailed(`npm could not be started: ${error.message}`);
  if (status !== 0) throw new SetupFailed('npm could not install the packages: it says why above.');
}

/** Ctrl-C alone would leave npm at work until the last package is unpacked. Empty where there is no setpriv. */
function diesWithUs() {
  const setpriv = ['setpriv', '--pdeathsig', 'KILL', '--'];
  const isThere = spawnSync(setpriv[0], [...setpriv.slice(1), 'true']).status === 0;
  return isThere ? setpriv : [];
}

function requireNode() {
  if (nodeProgram() !== process.execPath) return;
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return;
  throw new SetupFailed(
    `There is no npm package with Node ${oldestNode} for ${process.platform} ${process.arch}: ` +
      `install Node ${oldestNode} or newer and start again (this is ${process.version}).`,
  );
}
