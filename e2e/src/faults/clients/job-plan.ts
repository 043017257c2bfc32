import type { Random } from '../random.ts';
import { type User, users } from '../system/users.ts';
import { longRecording, type Recording, recordings } from './recordings.ts';

/** What its user does with a job in the end. `abandon`: never sends the file. */
export type Fate = 'keep' | 'cancel' | 'delete' | 'abandon';

export interface JobPlan {
  index: number;
  user: User;
  recording: Recording;
  fate: Fate;
  /** How long after the upload its user cancels or deletes the job. */
  secondThoughtsMs: number;
  /** How often its user says, all at once, that the file is there; storage says so too. */
  announcements: number;
}

/** The same jobs for the same seed. Most users wait for their transcript; some think better of it. */
export function planJobs(count: number, random: Random): JobPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    user: random.pick(users),
    recording: random.chance(0.04) ? longRecording : random.pick(recordings),
    fate: fateOf(random.fraction()),
    secondThoughtsMs: random.between(0, 2_500),
    announcements: random.pick([0, 1, 1, 1, 3]),
  }));
}

function fateOf(fraction: number): Fate {
  if (fraction < 0.04) return 'cancel';
  if (fraction < 0.08) return 'delete';
  return fraction < 0.1 ? 'abandon' : 'keep';
}
