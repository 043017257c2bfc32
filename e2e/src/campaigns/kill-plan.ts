import { createHash } from 'node:crypto';

/** In which part of a job's life its worker is to be killed. */
export type Aim = 'reading' | 'transcribing' | 'assembling';

export interface PlannedKill {
  aim: Aim;
  /** Where in that part, from 0 to 1: of the time until it is cut, or of the audio that is heard. */
  at: number;
}

/** Half of the kills while it is transcribed, a quarter before, a quarter when the last chunk is done. */
const aims: readonly Aim[] = ['reading', 'transcribing', 'assembling', 'transcribing'];

/** The same seed and run give the same kill. */
export function plannedKill(seed: number, run: number): PlannedKill {
  const digest = createHash('sha256').update(`${seed}/${run}`).digest();
  return { aim: aims[run % aims.length] ?? 'transcribing', at: digest.readUInt32BE(0) / 2 ** 32 };
}
