// `npm run check`: everything about the sources that needs no running program. All checks run, then the verdict.
import { spawnSync } from 'node:child_process';

const checks = {
  'format and lint': 'biome check --error-on-warnings .',
  'lint with types': 'oxlint --type-aware --deny-warnings',
  types: 'tsc --build && tsc --project web',
  'dead code and undeclared dependencies': 'knip --no-progress',
  boundaries:
    'depcruise --config .dependency-cruiser.mjs --output-type err domain adapters api worker notifier standalone cli e2e web',
  'lock file': 'npm ci --dry-run --ignore-scripts --loglevel=error --no-audit --no-fund',
};

const failed = [];
for (const [name, command] of Object.entries(checks)) {
  const started = Date.now();
  const result = spawnSync(command, { shell: true, encoding: 'utf8' });
  const passed = result.status === 0;
  if (!passed) failed.push(name);
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (!passed) console.log(`${result.stdout}${result.stderr}`);
}
if (failed.length > 0) {
  console.error(`${failed.length} of ${Object.keys(checks).length} checks failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
