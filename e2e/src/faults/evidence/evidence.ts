import type { Job } from '@verbatim/domain';
import type { Fate } from '../clients/job-plan.ts';
import type { StoredJob, StoredObject } from './stored.ts';

/** A job that a client was promised, and what it was told of it. */
export interface PromisedJob {
  jobId: string;
  userId: string;
  recordingSeconds: number;
  /** What must be in its transcript. */
  text: string;
  fate: Fate;
  withdrawn: 'canceled' | 'deleted' | null;
  seen: { status: Job['status']; attempt: number }[];
  trouble: string | null;
}

/** Everything that a campaign leaves to judge it by; plain data, so that it can be made up. */
export interface Evidence {
  promised: PromisedJob[];
  jobs: StoredJob[];
  objects: StoredObject[];
  /** By the key of a transcript's json. */
  texts: Map<string, string | null>;
  messages: string[];
  /** Ids of all mails, as often as each was sent. */
  mails: string[];
  /** The ids that the api lists for each user. */
  listed: Map<string, string[]>;
  /** Requests for another user's job that were answered with anything but 404. */
  foreignAnswers: string[];
  /** By user, the seconds of audio that count against its hours; null where a lost answer may count some twice (aws). */
  counted: Map<string, number> | null;
  /** Whether tombstones have had their time. */
  erased: boolean;
  /** How often a notifier was killed: each time it may send one mail again. */
  notifierDeaths: number;
  /** Statuses that a job may end with that its user kept. */
  ends: Job['status'][];
}
