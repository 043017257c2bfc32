import { join } from 'node:path';
import { createLogger } from '@verbatim/adapters';
import { repository } from '../engine/engine-directory.ts';
import { programOutput } from '../logs/program-output.ts';
import { StartFailed } from '../start-failed.ts';
import { type Ending, supervise } from './supervise.ts';
import { waitUntilReady } from './wait-until-ready.ts';

export interface ProgramPlan {
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  /** Answers 200 when the program can work. */
  readyUrl: string;
}

export interface RunningPrograms {
  /** @throws StartFailed when one ends by itself before all were ready, as with a setting that it refuses */
  ready(signal: AbortSignal): Promise<void>;
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

export function startPrograms(plans: ProgramPlan[], logFolder: string): RunningPrograms {
  const log = createLogger(
    'standalone',
    { LOG_LEVEL: 'info' },
    { write: lineWriter(programOutput('standalone', logFolder)) },
  );
  const refused = Promise.withResolvers<never>();
  // It matters to `ready` only: later a program that ends is simply started again.
  refused.promise.catch(() => {});

  const running = plans.map((plan) =>
    supervise(
      { name: plan.name, script: join(repository, plan.script), env: plan.env },
      {
        line: programOutput(plan.name, logFolder),
        died: (ending, restartInMs) => {
          if (ending.code !== null) refused.reject(new StartFailed(whyRefused(plan.name, ending)));
          log.warn({ event: 'program.died', program: plan.name, ...ending, restartInMs });
        },
      },
    ),
  );
  return {
    ready: async (signal) => {
      const addresses = plans.map((plan) => plan.readyUrl);
      await Promise.race([waitUntilReady(addresses, signal), refused.promise]);
    },
    stop: async (graceMs) => {
      await Promise.all(running.map((program) => program.stop(graceMs)));
    },
    kill: () => {
      for (const program of running) program.kill();
    },
  };
}

function lineWriter(output: (line: string) => void): (text: string) => void {
  return (text) => output(text.trimEnd());
}

function whyRefused(program: string, { code }: Ending): string {
  return `The ${program} ended with exit code ${code} instead of starting: it says why above.`;
}
