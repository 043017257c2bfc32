import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesUnder } from './files-under.mjs';
import { nodeProgram, repository } from './repository.mjs';
import { SetupFailed } from './setup-failed.mjs';

/** Brings every workspace's dist up to its sources. A stamp spares asking the compiler, which takes seconds to say no. */
export function compileSources({ root = repository, stdio = 'inherit' } = {}) {
  const stamp = join(root, 'node_modules/.compiled');
  const workspaces = workspacesOf(root);
  const wanted = fingerprint(root, workspaces);
  const isWhole = workspaces.every((workspace) => existsSync(join(root, workspace, 'dist')));
  if (isWhole && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  console.log('Compiling ...');
  for (const workspace of workspaces) forgetMissingOutput(join(root, workspace));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(nodeProgram(), [compiler, '--build'], { cwd: root, stdio });
  if (status !== 0) throw new SetupFailed('The sources do not compile: the compiler says where above.');
  for (const workspace of workspaces) removeStaleOutput(join(root, workspace));
  writeFileSync(stamp, wanted);
}

function workspacesOf(root) {
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return references.map((reference) => reference.path);
}

function fingerprint(root, workspaces) {
  const settings = workspaces.flatMap((name) => [`${name}/tsconfig.json`, `${name}/package.json`]);
  const sources = workspaces.flatMap((name) => filesUnder(join(root, name, 'src')));
  const all = ['tsconfig.json', 'tsconfig.base.json', ...settings]
    .map((name) => join(root, name))
    .concat(sources);
  const hash = createHash('sha256');
  for (const file of all)
    hash
      .update(`${relative(root, file)}\n`)
      .update(readFileSync(file))
      .update('\n');
  return hash.digest('hex');
}

/** The compiler trusts its own notes and would not write a dist again that somebody deleted. */
function forgetMissingOutput(workspace) {
  if (!existsSync(join(workspace, 'dist'))) rmSync(join(workspace, 'tsconfig.tsbuildinfo'), { force: true });
}

/** What the compiler wrote for sources that are gone: it never deletes, and a moved module would still be found. */
function removeStaleOutput(workspace) {
  const output = join(workspace, 'dist');
  for (const file of filesUnder(output)) {
    const source = relative(output, file).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (!existsSync(join(workspace, 'src', source))) rmSync(file);
  }
}
