import { defineConfig } from 'vitest/config';

const neverTests = ['**/node_modules/**', '**/dist/**'];
/** An AWS to test against: the one at AWS_ENDPOINT_URL, else one of our own. */
const awsEmulator = {
  globalSetup: 'e2e/emulator/vitest-global-setup.ts',
  setupFiles: 'e2e/emulator/vitest-environment.ts',
};

/** Journeys start the real programs: one at a time, and not beside other tests, since they watch the clock. */
const journeys = {
  testTimeout: 240_000,
  hookTimeout: 120_000,
  maxWorkers: 1,
  exclude: neverTests,
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
          exclude: [...neverTests, '**/*.aws.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'aws',
          include: ['adapters/src/aws/**/*.aws.test.ts'],
          exclude: neverTests,
          sequence: { groupOrder: 1 },
          ...awsEmulator,
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['e2e/src/{local,web,abuse,faults}/*.e2e.ts'],
          sequence: { groupOrder: 2 },
          ...journeys,
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys on aws',
          include: ['e2e/src/aws/*.e2e.ts'],
          sequence: { groupOrder: 3 },
          ...journeys,
          ...awsEmulator,
        },
      },
    ],
  },
});
