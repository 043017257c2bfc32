import { describe, expect, it } from 'vitest';
import type { Journey } from '../clients/journey.ts';
import type { Findings, Row } from '../rows/row.ts';
import { healthy } from '../rows/row-00-healthy.ts';
import { killApi } from '../rows/row-02-kill-api.ts';
import { evidenceOf } from '../testing/made-up-evidence.ts';
import { makeReport } from './make-report.ts';

const aJourney: Journey = {
  ...{ plan: {} as Journey['plan'], jobId: 'job_1', acceptedAt: 1, seen: [], endedAt: 2 },
  ...{ withdrawn: null, trouble: null },
};

function reportOf(outcome: { kills: number; findings?: Findings; row?: Row; journeys?: Journey[] }) {
  const evidence = evidenceOf();
  return makeReport({
    row: outcome.row ?? killApi,
    campaign: { platform: 'local', seed: '1', jobs: 1 },
    system: { programs: [] },
    evidence,
    stored: { ...evidence, strayFiles: 0 },
    journeys: outcome.journeys ?? [aJourney],
    faults: Array.from({ length: outcome.kills }, () => ({ at: 0, what: 'kill -9', target: 'api-1' })),
    findings: outcome.findings,
    violations: [],
    complaints: [],
    startedAt: 0,
    endedAt: 1_000,
  });
}

describe('a row', () => {
  it('passes when it did its harm and nothing came of it', () => {
    expect(reportOf({ kills: 1 })).toMatchObject({ passed: true, complaints: [] });
  });

  it('shows nothing when it was over before its first harm', () => {
    expect(reportOf({ kills: 0 }).complaints).toEqual([expect.stringContaining('nothing was done')]);
    expect(reportOf({ kills: 0, findings: { measures: {}, faults: [] } }).passed).toBe(false);
    expect(reportOf({ kills: 0, row: healthy }).passed).toBe(true);
  });

  it('does not pass when a client never got a job, or never had its turn', () => {
    const refused = { ...aJourney, jobId: null, acceptedAt: null, trouble: 'it was answered 422' };
    expect(reportOf({ kills: 1, journeys: [refused] }).complaints).toEqual([
      '1 of the clients got no job: it was answered 422',
    ]);
    const early = reportOf({ kills: 1, journeys: [] });
    expect(early).toMatchObject({ passed: false, jobs: { asked: 1, accepted: 0 } });
    expect(early.complaints).toEqual(['1 of the clients had no turn']);
  });

  it('does not pass with a finding of its own', () => {
    expect(reportOf({ kills: 1, findings: { measures: {}, faults: ['grew'] } }).complaints).toEqual(['grew']);
  });
});
