import { defineConfig } from 'vitest/config';

const neverTests = ['**/node_modules/**', '**/dist/**'];
/** An AWS to test against: the one at AWS_ENDPOINT_URL, else one of our own. */
const awsEmulator = {
  globalSetup: 'e2e/emulator/vitest-global-setup.ts',
  setupFiles: 'e2e/emulator/vitest-environment.ts',
};

/** Every core: vitest's own default leaves one for itself, which on two of them means one file after the other. */
const quick = {
  maxWorkers: '100%',
  exclude: neverTests,
  sequence: { groupOrder: 0 },
  // vitest's own 5 s are a busy machine's second.
  testTimeout: 20_000,
};

/**
 * Journeys start the real programs, on ports and in folders of their own. They watch the clock, so each has the machine to
 * itself: two side by side would save four minutes of eighteen, but disturb each other.
 */
const journeys = {
  testTimeout: 240_000,
  hookTimeout: 120_000,
  // What a page shows comes from real programs: vitest's own second is too short for that on a busy machine.
  expect: { poll: { timeout: 10_000 } },
  maxWorkers: 1,
  exclude: neverTests,
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  // Workspaces are tested from their sources: no stale dist. Journeys run the built programs.
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{domain,adapters,api,worker,notifier,standalone,cli,e2e,loadtest,web,scripts}/**/*.test.ts',
          ],
          ...quick,
          exclude: [...neverTests, '**/*.aws.test.ts'],
          // Loading the programs' modules anew for each file would be a third of all work. So a test puts back what it changes.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'aws',
          include: ['adapters/src/aws/**/*.aws.test.ts'],
          ...quick,
          ...awsEmulator,
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['e2e/src/{local,web,abuse,faults}/*.e2e.ts'],
          ...journeys,
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys on aws',
          include: ['e2e/src/aws/*.e2e.ts'],
          ...journeys,
          ...awsEmulator,
        },
      },
    ],
  },
});
