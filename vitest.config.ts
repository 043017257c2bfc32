import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Workspaces are tested from their sources: no build, no stale dist.
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{domain,adapters,api,worker,notifier,standalone,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.aws.test.ts'],
        },
      },
      {
        // Against an AWS emulator: the one at AWS_ENDPOINT_URL, else one of its own.
        extends: true,
        test: {
          name: 'aws',
          include: ['adapters/src/aws/**/*.aws.test.ts'],
          globalSetup: 'e2e/emulator/vitest-global-setup.ts',
          setupFiles: 'e2e/emulator/vitest-environment.ts',
        },
      },
    ],
  },
});
