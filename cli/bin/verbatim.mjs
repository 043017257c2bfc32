#!/usr/bin/env node
// Plain JavaScript, and not dist/main.js itself: npm links a bin at install time, when nothing is compiled yet; and the
// system's Node may be older than the one that npm has brought along, which runs the rest (`scripts/setup`).

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const installedNode = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
/** As in `engines` of our package. */
const oldestNode = 24;

if (Number(process.versions.node.split('.')[0]) >= oldestNode) await import('../dist/main.js');
else if (existsSync(installedNode)) runWith(installedNode);
else {
  console.error(`verbatim: Node ${oldestNode} or newer is needed, this is ${process.version}.`);
  process.exitCode = 1;
}

function runWith(node) {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both: the command takes what comes right after it for the same one.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
