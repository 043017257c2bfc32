import { describe, expect, it } from 'vitest';
import { aJob } from '../testing/builders.ts';
import { Job, toJob } from './job-view.ts';
import { defaultTranscriptionOptions } from './transcription-options.ts';

const links = { self: 'http://localhost:8000/v1/jobs/x', transcript: null };

describe('the job that leaves', () => {
  it('fits its own schema and says nothing that is not in it', () => {
    const job = toJob(aJob({ notifyTo: 'ana@example.org', lease: null }), links);
    expect(Job.strict().parse(job)).toEqual(job);
    expect(JSON.stringify(job)).not.toContain('ana@example.org');
    expect(job.notification).toBe('pending');
  });

  it('gives times in ISO 8601 and null for what has not happened', () => {
    const job = toJob(aJob({ createdAt: 1_800_000_000_000 }), links);
    expect(job.createdAt).toBe('2027-01-15T08:00:00.000Z');
    expect(job.startedAt).toBeNull();
    expect(job.finishedAt).toBeNull();
  });

  it('reaches 100 percent with the transcript and not before', () => {
    const processing = aJob({ status: 'PROCESSING', durationSeconds: 60, audioSecondsDone: 60 });
    expect(toJob(processing, links).progress.percent).toBe(99);
    expect(toJob({ ...processing, audioSecondsDone: 20 }, links).progress.percent).toBe(33);
    expect(toJob({ ...processing, status: 'COMPLETED' }, links).progress.percent).toBe(100);
    expect(toJob(aJob(), links).progress.percent).toBe(0);
  });

  it('says why a job failed, in words for people', () => {
    const job = toJob(aJob({ status: 'FAILED', errorCode: 'audio.empty', failures: 0 }), links);
    expect(job.error).toEqual({
      code: 'audio.empty',
      message: 'The file is empty. Upload the recording again.',
    });
    expect(job.attempt).toBe(1);
  });

  it('names the language found, before that the one asked for', () => {
    const asked = aJob({ options: { ...defaultTranscriptionOptions, language: 'es' } });
    expect(toJob(asked, links).language).toBe('es');
    const result = {
      version: 'r1-1',
      transcriptKey: 'ana/job/r1-1/transcript.json',
      language: 'en',
      confidence: 0.9,
      model: 'demo',
      warnings: ['demo_model' as const],
      measures: null,
    };
    expect(toJob({ ...asked, result }, links)).toMatchObject({ language: 'en', warnings: ['demo_model'] });
  });
});
