import { describe, expect, it } from 'vitest';
import type { Findings, Row } from '../rows/row.ts';
import { healthy } from '../rows/row-00-healthy.ts';
import { killApi } from '../rows/row-02-kill-api.ts';
import { evidenceOf } from '../testing/made-up-evidence.ts';
import { makeReport } from './make-report.ts';

function reportOf(outcome: { kills: number; findings?: Findings; row?: Row }) {
  const evidence = evidenceOf();
  return makeReport({
    row: outcome.row ?? killApi,
    campaign: { platform: 'local', seed: '1', jobs: 1 },
    system: { programs: [] },
    evidence,
    stored: { ...evidence, strayFiles: 0 },
    journeys: [],
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

  it('does not pass with a finding of its own', () => {
    expect(reportOf({ kills: 1, findings: { measures: {}, faults: ['grew'] } }).complaints).toEqual(['grew']);
  });
});
