import { describe, expect, it } from 'vitest';
import type { Evidence } from '../evidence/evidence.ts';
import { aDoneJob, aHistory, aMove, aPromise, evidenceOf, jobIdOf } from '../testing/made-up-evidence.ts';
import { checkEvidence } from './check-evidence.ts';

/** The violations as `I3 lost`. */
function found(evidence: Evidence): string[] {
  return checkEvidence(evidence).map(({ invariant, harm }) => `${invariant} ${harm}`);
}

const job = jobIdOf(1);

describe('the checker', () => {
  it('has nothing to say of a run in which everything went well', () => {
    expect(checkEvidence(evidenceOf([aDoneJob(1), aDoneJob(2)]))).toEqual([]);
  });

  it('has nothing against an interruption: another claim with a higher fence, which wins', () => {
    const history = aHistory().toSpliced(
      3,
      0,
      aMove('job.taken_over', { fence: 2, from: 'PROCESSING', to: 'PROCESSING' }),
    );
    const result = { version: 'r1-2', transcriptKey: `ana/${job}/r1-2/transcript.json` };
    const evidence = evidenceOf([aDoneJob(1, { fence: 2, result } as never, history)]);
    evidence.objects.push(
      { bucket: 'transcripts', key: `ana/${job}/r1-2/transcript.json` },
      { bucket: 'transcripts', key: `ana/${job}/r1-2/transcript.txt` },
    );
    evidence.texts.set(result.transcriptKey, 'What was said.');
    expect(checkEvidence(evidence)).toEqual([]);
  });
});

describe('I1, every accepted job ends', () => {
  it('misses a job without a record', () => {
    expect(found(evidenceOf([aDoneJob(1)], { promised: [aPromise(1), aPromise(2)] }))).toContain('I1 lost');
  });

  it.each(['PENDING_UPLOAD', 'QUEUED', 'PROCESSING'] as const)('finds a job that is still %s', (status) => {
    const stuck = aDoneJob(1, { status, result: null, dueAt: 5 }, []);
    expect(found(evidenceOf([stuck], { mails: [] }))).toEqual(['I1 stuck']);
  });

  it('counts a job that failed for no fault of its user as lost, unless the row lets jobs fail', () => {
    const failed = () => aDoneJob(1, { status: 'FAILED', result: null, errorCode: 'worker.lost' }, []);
    const mails = [`${job}.r1.failed.mail`];
    expect(found(evidenceOf([failed()], { mails }))).toEqual(['I1 lost']);
    expect(found(evidenceOf([failed()], { mails, ends: ['COMPLETED', 'FAILED'] }))).toEqual([]);
  });

  it('finds a job that still owes something', () => {
    expect(found(evidenceOf([aDoneJob(1, { owes: ['announce'], dueAt: 5 })]))).toContain('I1 stuck');
  });

  it('finds a client that never saw the end', () => {
    expect(found(evidenceOf(undefined, { promised: [aPromise(1, { trouble: 'gave up' })] }))).toEqual([
      'I1 stuck',
    ]);
  });

  it('lets a cancelled job be cancelled or done, and one without its file expire', () => {
    const canceled = aDoneJob(1, { status: 'CANCELED', result: null }, []);
    const cancel = { fate: 'cancel', withdrawn: 'canceled' } as const;
    expect(found(evidenceOf([canceled], { promised: [aPromise(1, cancel)], mails: [] }))).toEqual([]);
    const expired = aDoneJob(1, { status: 'EXPIRED', result: null }, []);
    const abandoned = { promised: [aPromise(1, { fate: 'abandon' as const })], mails: [] };
    expect(found(evidenceOf([expired], abandoned))).toEqual([]);
  });
});

describe('I2, what is final is final', () => {
  it('finds a move out of a final state, and a history with a hole', () => {
    const twice = [...aHistory(), aMove('job.completed', { from: 'PROCESSING', to: 'COMPLETED' })];
    expect(found(evidenceOf([aDoneJob(1, {}, twice)]))).toEqual(['I2 broken', 'I2 broken', 'I5 doubled']);
  });

  it('lets a new run begin after a failure', () => {
    const history = [
      aMove('job.claimed', { to: 'PROCESSING' }),
      aMove('job.given_up', { from: 'PROCESSING', to: 'FAILED' }),
      aMove('job.retried', { run: 2, from: 'FAILED', to: 'QUEUED' }),
      aMove('job.completed', { run: 2, from: 'QUEUED', to: 'COMPLETED' }),
    ];
    expect(checkEvidence(evidenceOf([aDoneJob(1, {}, history)]))).toEqual([]);
  });

  it('finds a status that the history does not tell', () => {
    expect(found(evidenceOf([aDoneJob(1, {}, aHistory().slice(0, 3))]))).toContain('I2 broken');
  });

  it('finds a user who was told an end, and then something else', () => {
    const seen = [
      { status: 'COMPLETED', attempt: 1 },
      { status: 'PROCESSING', attempt: 1 },
    ] as const;
    expect(found(evidenceOf(undefined, { promised: [aPromise(1, { seen: [...seen] })] }))).toEqual([
      'I2 broken',
    ]);
  });
});

describe('I3, one current transcript', () => {
  it('misses a transcript that is not there', () => {
    const { objects } = evidenceOf();
    const left = objects.filter(({ key }) => !key.endsWith('.json'));
    expect(found(evidenceOf(undefined, { objects: left }))).toEqual(['I3 lost']);
  });

  it('finds one that says something else, or nothing', () => {
    const key = `ana/${job}/r1-1/transcript.json`;
    expect(found(evidenceOf(undefined, { texts: new Map([[key, 'Something else.']]) }))).toEqual(['I3 lost']);
    expect(found(evidenceOf(undefined, { texts: new Map() }))).toEqual(['I3 lost']);
  });

  it('finds a cancelled job with a transcript', () => {
    const canceled = aDoneJob(1, { status: 'CANCELED' }, []);
    const promised = [aPromise(1, { fate: 'cancel' })];
    expect(found(evidenceOf([canceled], { promised, mails: [] }))).toContain('I3 broken');
  });
});

describe('I4, one mail', () => {
  it('misses a mail that was never sent', () => {
    expect(found(evidenceOf(undefined, { mails: [] }))).toEqual(['I4 lost']);
  });

  it('finds a second mail about the same run under another id', () => {
    const mails = [`${job}.r1.completed.mail`, `${job}.r1.failed.mail`];
    expect(found(evidenceOf(undefined, { mails }))).toEqual(['I4 doubled']);
  });

  it('lets a mail come again under its id as often as notifiers died, and no more often', () => {
    const mails = [`${job}.r1.completed.mail`, `${job}.r1.completed.mail`];
    expect(found(evidenceOf(undefined, { mails, notifierDeaths: 1 }))).toEqual([]);
    expect(found(evidenceOf(undefined, { mails }))).toEqual(['I4 doubled']);
  });
});

describe('I5, billed once', () => {
  it('finds another length than the one that was sent', () => {
    expect(found(evidenceOf([aDoneJob(1, { durationSeconds: 4 })]))).toEqual(['I5 broken']);
  });

  it('finds a completed job that was never charged, and one that was charged for something else', () => {
    expect(found(evidenceOf([aDoneJob(1, { audioCharge: null })], { counted: null }))).toEqual(['I5 broken']);
    const audioCharge = { seconds: 7_200, at: 1 };
    expect(found(evidenceOf([aDoneJob(1, { audioCharge })], { counted: null }))).toEqual(['I5 broken']);
  });

  it('finds hours of audio that were counted twice, also those of a job that was deleted', () => {
    expect(found(evidenceOf(undefined, { counted: new Map([['ana', 4]]) }))).toEqual(['I5 doubled']);
    const promised = [aPromise(1), aPromise(2, { withdrawn: 'deleted' })];
    expect(found(evidenceOf(undefined, { promised, counted: new Map([['ana', 4]]) }))).toEqual([]);
    expect(found(evidenceOf(undefined, { promised, counted: new Map([['ana', 5]]) }))).toEqual([
      'I5 doubled',
    ]);
  });

  it('lets a crash between the record and the count leave a job uncounted', () => {
    expect(found(evidenceOf(undefined, { counted: new Map([['ana', 0]]) }))).toEqual([]);
  });
});

describe('I6, nothing left behind', () => {
  const deleted = {
    promised: [aPromise(1, { withdrawn: 'deleted' as const })],
    mails: [],
    listed: new Map(),
  };

  it('finds objects and records of a deleted job', () => {
    expect(found(evidenceOf([], { ...deleted, objects: evidenceOf().objects }))).toContain('I6 leaked');
    expect(found(evidenceOf([aDoneJob(1)], { ...deleted, objects: [] }))).toContain('I6 leaked');
    const tombstone = aDoneJob(1, { erase: { at: 1 } });
    expect(found(evidenceOf([tombstone], { ...deleted, objects: [] }))).toEqual(['I6 leaked']);
  });

  it('lets a tombstone stand until its time has come', () => {
    const tombstone = aDoneJob(1, { erase: { at: 1 } });
    expect(found(evidenceOf([tombstone], { ...deleted, erased: false }))).toEqual([]);
  });

  it('finds a job that nobody asked for, a message that is left, and work that is over', () => {
    expect(found(evidenceOf([aDoneJob(1), aDoneJob(2)], { promised: [aPromise(1)] }))).toContain(
      'I6 doubled',
    );
    expect(found(evidenceOf(undefined, { messages: ['{}'] }))).toEqual(['I6 broken']);
    const evidence = evidenceOf();
    evidence.objects.push({ bucket: 'transcripts', key: `work/ana/${job}/1/chunk-0000.wav` });
    expect(found(evidence)).toEqual(['I6 leaked']);
  });
});

describe('I7, users apart', () => {
  it("finds a job in another user's list, and an answer about one", () => {
    const listed = new Map([
      ['ana', [job]],
      ['ben', [job]],
    ]);
    expect(found(evidenceOf(undefined, { listed, foreignAnswers: ['200'] }))).toEqual([
      'I7 leaked',
      'I7 leaked',
    ]);
  });

  it('misses a job in the list of its user', () => {
    expect(found(evidenceOf(undefined, { listed: new Map([['ana', []]]) }))).toEqual(['I7 lost']);
  });
});

describe('I8, fences increase', () => {
  it('finds a fence that was given twice, to the job or to a chunk', () => {
    const again = aMove('job.taken_over', { from: 'PROCESSING', to: 'PROCESSING' });
    expect(found(evidenceOf([aDoneJob(1, {}, aHistory().toSpliced(3, 0, again))]))).toEqual(['I8 broken']);
    const chunks = [aMove('chunk.claimed', { chunk: 0 }), aMove('chunk.claimed', { chunk: 1 })];
    const chunkAgain = aMove('chunk.taken_over', { chunk: 0 });
    expect(found(evidenceOf([aDoneJob(1, {}, [...chunks, ...aHistory()])]))).toEqual([]);
    expect(found(evidenceOf([aDoneJob(1, {}, [...chunks, chunkAgain, ...aHistory()])]))).toEqual([
      'I8 broken',
    ]);
  });

  it('misses a claim that the history does not tell of', () => {
    const result = { version: 'r1-2', transcriptKey: `ana/${job}/r1-1/transcript.json` };
    const second = aHistory().map((move) => (move.event === 'job.claimed' ? { ...move, fence: 2 } : move));
    expect(found(evidenceOf([aDoneJob(1, { fence: 2, result } as never, second)]))).toContain('I8 broken');
  });

  it('finds a late worker that won', () => {
    const history = aHistory().toSpliced(
      3,
      0,
      aMove('job.taken_over', { fence: 2, from: 'PROCESSING', to: 'PROCESSING' }),
    );
    expect(found(evidenceOf([aDoneJob(1, { fence: 2 }, history)]))).toEqual(['I8 broken']);
    expect(found(evidenceOf([aDoneJob(1, { fence: 2 }, [])]))).toEqual(['I8 broken']);
  });
});
