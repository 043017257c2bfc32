import type { TestProject } from 'vitest/node';
import { startEmulator } from './start-emulator.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    awsEnvironment: Record<string, string>;
  }
}

/** One emulator for all tests of a project; `vitest-environment.ts` hands its address to each test file. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const emulator = await startEmulator(process.env);
  project.provide('awsEnvironment', emulator.environment);
  return emulator.stop;
}
