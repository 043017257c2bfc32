import { defineConfig } from 'vitest/config';

/** `npm run test:compose`: apart from `npm test`, since it needs a Docker engine, the ports of the files, and minutes. */
export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['*.e2e.ts'],
    // One stack at a time: both publish the same ports.
    fileParallelism: false,
    testTimeout: 240_000,
    // The first build of the images compiles the speech engine.
    hookTimeout: 1_800_000,
  },
});
