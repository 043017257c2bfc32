import { createHash } from 'node:crypto';

/** How an engine can fail. `transient`: an error that goes away; `permanent`: it refuses the recording. */
export const failureKinds = ['transient', 'permanent', 'crash', 'hang', 'memory'] as const;
type FailureKind = (typeof failureKinds)[number];

/** What the simulated engine is told; plain data, since it travels to its child processes. */
export interface Simulation {
  /** Seconds of work for each second of audio. */
  realTimeFactor: number;
  seed: string;
  failures: PlannedFailure[];
  /** How long its answer is waited for, at least. */
  deadlineSeconds: number;
}

export interface PlannedFailure {
  kind: FailureKind;
  /** Of all recordings, 0 to 1. */
  share: number;
  /** How many attempts fail before one succeeds; Infinity can't travel as JSON: null, all of them. */
  attempts: number | null;
}

/**
 * What this recording does to the engine at this attempt: a matter of seed and audio alone, so every worker, at any time,
 * draws the same.
 */
export function fateOf(
  audio: Uint8Array,
  attempt: number,
  { seed, failures }: Simulation,
): FailureKind | null {
  let lot = createHash('sha256').update(`${seed} fate `).update(audio).digest().readUIntBE(0, 6) / 2 ** 48;
  for (const { kind, share, attempts } of failures) {
    if (lot < share) return attempts === null || attempt <= attempts ? kind : null;
    lot -= share;
  }
  return null;
}
