import { describe, expect, it } from 'vitest';
import { aJob } from '../testing/builders.ts';
import { newChunk } from './chunk-record.ts';
import { Job, toJob } from './job-view.ts';
import { defaultTranscriptionOptions } from './transcription-options.ts';

const around = { now: 1_800_000_000_000, waiting: null, recentRealTimeFactor: null };
const links = { self: 'http://localhost:8000/v1/jobs/x', transcript: null };

describe('the job that leaves', () => {
  it('fits its own schema and says nothing that is not in it', () => {
    const job = toJob(aJob({ notifyTo: 'ana@example.org', lease: null }), links, around);
    expect(Job.strict().parse(job)).toEqual(job);
    expect(JSON.stringify(job)).not.toContain('ana@example.org');
    expect(job.notification).toBe('pending');
  });

  it('gives times in ISO 8601 and null for what has not happened', () => {
    const job = toJob(aJob({ createdAt: 1_800_000_000_000 }), links, around);
    expect(job.createdAt).toBe('2027-01-15T08:00:00.000Z');
    expect(job.startedAt).toBeNull();
    expect(job.finishedAt).toBeNull();
  });

  it('reaches 100 percent with the transcript and not before', () => {
    const processing = aJob({ status: 'PROCESSING', durationSeconds: 60, audioSecondsDone: 60 });
    expect(toJob(processing, links, around).progress.percent).toBe(99);
    expect(toJob({ ...processing, audioSecondsDone: 20 }, links, around).progress.percent).toBe(33);
    expect(toJob({ ...processing, status: 'COMPLETED' }, links, around).progress.percent).toBe(100);
    expect(toJob(aJob(), links, around).progress.percent).toBe(0);
  });

  it('says why a job failed, in words for people', () => {
    const job = toJob(aJob({ status: 'FAILED', errorCode: 'audio.empty', failures: 0 }), links, around);
    expect(job.error).toEqual({
      code: 'audio.empty',
      message: 'The file is empty. Upload the recording again.',
    });
    expect(job.attempt).toBe(1);
  });

  it('names the language found, before that the one asked for', () => {
    const asked = aJob({ options: { ...defaultTranscriptionOptions, language: 'es' } });
    expect(toJob(asked, links, around).language).toBe('es');
    const result = {
      version: 'r1-1',
      transcriptKey: 'ana/job/r1-1/transcript.json',
      language: 'en',
      confidence: 0.9,
      model: 'demo',
      warnings: ['demo_model' as const],
      measures: null,
    };
    expect(toJob({ ...asked, result }, links, around)).toMatchObject({
      language: 'en',
      warnings: ['demo_model'],
    });
  });

  it('is at the attempt of the chunk that failed most', () => {
    const chunk = newChunk({ startSeconds: 0, durationSeconds: 600, channel: null });
    const chunks = { 0: chunk, 1: { ...chunk, failures: 2 } };
    expect(toJob(aJob({ status: 'PROCESSING', chunks }), links, around).attempt).toBe(3);
  });

  it('shows what was asked for', () => {
    const options = { ...defaultTranscriptionOptions, quality: 'best', keywords: ['Verbatim'] } as const;
    expect(toJob(aJob({ options: { ...options, keywords: ['Verbatim'] } }), links, around).options).toEqual(
      options,
    );
  });
});
