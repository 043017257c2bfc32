// `npm test`: all tests, then one line that says how many passed, made from vitest's own report.
// Arguments go to vitest: `npm test -- domain` runs the domain's tests only.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// vitest colours pipes and files, too.
const plain = process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: '1' };

const folder = mkdtempSync(join(tmpdir(), 'verbatim-test-report-'));
const reportFile = join(folder, 'report.json');
const vitest = spawnSync(
  'vitest',
  [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...process.argv.slice(2),
  ],
  { stdio: ['ignore', 'inherit', 'inherit'], env: { ...plain, ...process.env } },
);

let passed = 0;
let failed = 0;
try {
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  passed = report.numPassedTests;
  // A file that could not even be loaded has no tests to count, yet it failed.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  failed = report.numFailedTests + brokenFiles.length;
} catch (error) {
  console.error(`vitest left no report: ${error.message}`);
  failed = 1;
}
rmSync(folder, { recursive: true, force: true });
// Errors outside of any test (an unhandled rejection, a global set-up) fail the run without failing a test.
if (vitest.status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
