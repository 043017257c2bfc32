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
          exclude: ['**/node_modules/**', '**/dist/**'],
        },
      },
    ],
  },
});
