import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesUnder } from './files-under.mjs';
import { nodeProgram, repository } from './repository.mjs';
import { SetupFailed } from './setup-failed.mjs';

/** Brings the page (`web/dist`) up to its sources. A stamp spares asking the bundler. */
export function buildPage({ root = repository, stdio = 'inherit' } = {}) {
  if (isPageBuilt(root)) return;
  console.log('Building the page ...');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const { status } = spawnSync(nodeProgram(), [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'web'),
    stdio,
  });
  if (status !== 0) throw new SetupFailed('The page can not be built: the bundler says why above.');
  writeFileSync(stampOf(root), fingerprint(root));
}

/** From the sources as they are now. */
export function isPageBuilt(root = repository) {
  const isWhole = existsSync(join(root, 'web/dist/index.html')) && existsSync(stampOf(root));
  return isWhole && readFileSync(stampOf(root), 'utf8') === fingerprint(root);
}

function stampOf(root) {
  return join(root, 'node_modules/.page-built');
}

function fingerprint(root) {
  const web = join(root, 'web');
  const settings = ['index.html', 'package.json', 'vite.config.ts', 'postcss.config.mjs'].map((name) =>
    join(web, name),
  );
  const sources = [...settings, ...filesUnder(join(web, 'src')), ...filesUnder(join(web, 'public'))];
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const file of sources) hash.update(`\n${relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}
