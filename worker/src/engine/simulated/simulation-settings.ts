import { z } from 'zod';
import { failureKinds, type PlannedFailure, type Simulation } from './simulation.ts';

/** Of ENGINE=simulated only. */
export const SimulationSettings = z.object({
  /** Seconds of work for each second of audio. */
  SIM_RTF: z.coerce.number().min(0).max(100).default(0.02),
  /** With the audio it decides on text, times and failures: the same seed, the same again. */
  SIM_SEED: z.string().default('1'),
  /**
   * Shares of all recordings by how they fail: `transient=0.05,permanent=0.01,crash=0.02,hang=0.01,memory=0.01`. A
   * transient failure is over after the first attempt, the others are not; `crash=0.02x2`: it is over after two.
   */
  SIM_FAILURES: z
    .string()
    .default('')
    .transform((list, context) => {
      const failures = list === '' ? [] : list.split(',').map(readFailure);
      const isWhole = failures.every((failure) => failure !== null);
      if (isWhole && failures.reduce((sum, { share }) => sum + share, 0) <= 1) return failures;
      context.addIssue({
        code: 'custom',
        message: `has to be shares that add up to 1 at most, as in transient=0.05,crash=0.01x2; of ${failureKinds.join(', ')}`,
      });
      return z.NEVER;
    }),
  /** How long a hanging engine is waited for, at least: the real engine's two minutes would be most of a test. */
  SIM_DEADLINE_SECONDS: z.coerce.number().min(0.1).max(3600).default(10),
});
type SimulationSettings = z.infer<typeof SimulationSettings>;

export function simulationOf(settings: SimulationSettings): Simulation {
  return {
    realTimeFactor: settings.SIM_RTF,
    seed: settings.SIM_SEED,
    failures: settings.SIM_FAILURES,
    deadlineSeconds: settings.SIM_DEADLINE_SECONDS,
  };
}

/** `crash=0.02x2`; null: it is nothing of the kind. */
function readFailure(text: string): PlannedFailure | null {
  const [, name, share, times] = /^\s*(\w+)=(\d*\.?\d+)(?:x(\d+))?\s*$/.exec(text) ?? [];
  const kind = failureKinds.find((each) => each === name);
  if (!kind) return null;
  const attempts = times === undefined ? (kind === 'transient' ? 1 : null) : Number(times);
  return { kind, share: Number(share), attempts };
}
