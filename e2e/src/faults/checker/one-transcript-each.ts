import type { Evidence } from '../evidence/evidence.ts';
import type { Violation } from './violation.ts';

/** I3: a completed job has exactly one current transcript, and it says what was said; other jobs have none. */
export function oneTranscriptEach({ promised, jobs, objects, texts }: Evidence): Violation[] {
  const textOf = new Map(promised.map((job) => [job.jobId, job.text]));
  const keys = new Set(objects.filter(({ bucket }) => bucket === 'transcripts').map(({ key }) => key));
  return jobs.flatMap(({ record }): Violation[] => {
    const { jobId, result, status, run } = record;
    const violation = (what: string, harm: Violation['harm'] = 'lost'): Violation[] => {
      return [{ invariant: 'I3', harm, jobId, what }];
    };
    if (record.erase) return [];
    if (status !== 'COMPLETED') {
      return result ? violation(`it is ${status} and has a transcript`, 'broken') : [];
    }
    if (!result) return violation('it is COMPLETED without a transcript');
    if (!keys.has(result.transcriptKey)) return violation('its transcript is not there');
    if (!keys.has(result.transcriptKey.replace(/\.json$/, '.txt'))) return violation('its text is not there');
    if (!result.transcriptKey.includes(`/${result.version}/`) || !result.version.startsWith(`r${run}-`)) {
      return violation(`its transcript is of another run: ${result.version}`, 'broken');
    }
    const expected = textOf.get(jobId);
    if (expected === undefined) return [];
    return texts.get(result.transcriptKey) === expected
      ? []
      : violation('its transcript says something else');
  });
}
