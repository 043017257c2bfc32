import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { VerbatimClient } from '../../drivers/verbatim-client.ts';
import { pause } from '../inject/pauses.ts';
import { percentile } from '../report/percentile.ts';
import { users } from '../system/users.ts';
import type { Findings, Row, Stage } from './row.ts';

const backlogJobs = 100_000;
const phaseMs = 100_000;
const probeMs = 100;
/** Jobs whose message is not taken are sent again from 2 min on: this shows that, too. */
const phasesUnderBacklog = 2;

/** A backlog that nobody could send in a minute is written straight into the table and the queue, as the api leaves it. */
export const backlog: Row = {
  number: 37,
  fault: `${backlogJobs.toLocaleString('en')} jobs of one user wait in the queue while four others go on working`,
  outcome: 'the api answers as quickly, and as many jobs are done a second, as without',
  platforms: ['local'],
  async inject(stage): Promise<Findings> {
    const db = new DatabaseSync(join(stage.system.folder, 'data', 'verbatim.db'), { timeout: 30_000 });
    try {
      const before = await measure(db, stage);
      await writeBacklog(db, stage.over);
      stage.note('backlog', 'queue');
      const phases = [before];
      for (let phase = 0; phase < phasesUnderBacklog; phase++) phases.push(await measure(db, stage));
      removeBacklog(db);
      return findingsOf(phases);
    } finally {
      db.close();
    }
  },
};

interface Phase {
  apiP99Ms: number;
  jobsPerSecond: number;
}

async function measure(db: DatabaseSync, { system, over }: Stage): Promise<Phase> {
  const done = db.prepare(`SELECT count(*) AS n FROM jobs WHERE status = 'COMPLETED'`);
  const doneBefore = Number(done.get()?.['n']);
  const latencies: number[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < phaseMs && (await pause(probeMs, over))) {
    latencies.push(await probe(system.baseUrl));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    apiP99Ms: percentile(latencies, 0.99) ?? 0,
    jobsPerSecond: (Number(done.get()?.['n']) - doneBefore) / seconds,
  };
}

/** How long the api takes to list the newest jobs of a user: one read of an index. */
async function probe(baseUrl: string): Promise<number> {
  const client = new VerbatimClient(baseUrl, users[0]?.key);
  const startedAt = performance.now();
  await client.json('/v1/jobs?limit=5');
  return performance.now() - startedAt;
}

/** Like a job that is done, but accepted and waiting. All have the recording of that one. */
async function writeBacklog(db: DatabaseSync, over: AbortSignal): Promise<void> {
  const like = db.prepare(`SELECT body FROM jobs WHERE status = 'COMPLETED' LIMIT 1`).get();
  const job = JSON.parse(String(like?.['body'])) as Record<string, unknown>;
  const insertJob = db.prepare('INSERT INTO jobs (job_id, body) VALUES (?, ?)');
  const insertMessage = db.prepare(
    `INSERT INTO messages (message_id, queue, group_id, body, visible_at) VALUES (?, 'transcription', ?, ?, ?)`,
  );
  db.exec(`INSERT OR IGNORE INTO message_groups VALUES ('transcription', 'backlog', 0)`);
  for (let written = 0; written < backlogJobs; written += 1_000) {
    db.exec('BEGIN IMMEDIATE');
    const now = Date.now();
    for (let index = written; index < written + 1_000; index++) {
      const jobId = `job_${'f'.repeat(24)}${index.toString(16).padStart(8, '0')}`;
      insertJob.run(
        jobId,
        JSON.stringify({ ...job, ...waiting, jobId, createdAt: now, dueAt: now + 120_000 }),
      );
      insertMessage.run(randomUUID(), 'backlog', JSON.stringify({ kind: 'job', jobId, run: 1 }), now);
    }
    db.exec('COMMIT');
    if (!(await pause(50, over))) return;
  }
}

const waiting = {
  ...{ userId: 'backlog', status: 'QUEUED', run: 1, fence: 0, failures: 0, interruptions: 0, sends: 1 },
  ...{ startedAt: null, finishedAt: null, lease: null, phase: 'waiting', audioSecondsDone: 0, result: null },
  ...{ owes: [], deliveries: {}, notifyTo: null, history: { items: [], dropped: 0 } },
};

/** What was not done of it: the invariants are about the jobs of the clients. */
function removeBacklog(db: DatabaseSync): void {
  db.exec(`BEGIN IMMEDIATE;
    DELETE FROM messages WHERE group_id = 'backlog';
    DELETE FROM message_groups WHERE group_id = 'backlog';
    DELETE FROM jobs WHERE user_id = 'backlog';
    DELETE FROM doomed_files WHERE path LIKE '%/backlog/%';
    DELETE FROM objects WHERE key LIKE 'backlog/%';
    COMMIT`);
}

function findingsOf(phases: Phase[]): Findings {
  const [before, ...under] = phases;
  const findings: Findings = { measures: {}, faults: [] };
  if (!before) return findings;
  for (const [index, { apiP99Ms, jobsPerSecond }] of phases.entries()) {
    const name = index === 0 ? 'without' : `under it, ${index}`;
    findings.measures[`api p99 ${name}`] = `${apiP99Ms.toFixed(0)} ms`;
    findings.measures[`jobs/s ${name}`] = jobsPerSecond.toFixed(1);
  }
  // On a machine that others use, too, less says nothing.
  if (under.some(({ apiP99Ms }) => apiP99Ms > 2 * before.apiP99Ms + 20))
    findings.faults.push('the api got slower');
  if (under.some(({ jobsPerSecond }) => jobsPerSecond < 0.75 * before.jobsPerSecond)) {
    findings.faults.push('fewer jobs are done a second');
  }
  return findings;
}
