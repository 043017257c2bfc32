import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePath, trueText } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

describe('the main job, from a recording to its transcript and mail', () => {
  let verbatim: Verbatim;
  beforeAll(async () => {
    verbatim = await Verbatim.start({ MAIL_TO: 'ana@example.com' });
  }, 120_000);
  afterAll(() => verbatim[Symbol.asyncDispose]());

  it('turns an English recording, sent straight to storage, into its true text in every format', async () => {
    // Given a minute of English, uploaded with the form that the api handed out
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath('en-one-minute.mp3'));
    await client.announceUpload(jobId);

    // When the job is done
    const job = await client.waitUntil(jobId, 'COMPLETED');

    // Then the text is what was said, and nothing else
    const transcript = await client.transcript(jobId);
    expect(transcript.text).toBe(trueText('en-one-minute.mp3'));
    expect(transcript).toMatchObject({ language: 'en', model: 'demo', warnings: ['demo_model'] });
    expect(transcript.durationSeconds).toBeCloseTo(60, 0);
    expect(job).toMatchObject({ language: 'en', fileName: 'en-one-minute.mp3', attempt: 1, error: null });

    // And its times run forward, within the recording
    const times = transcript.segments.flatMap(({ words }) => words).flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(transcript.durationSeconds);

    // And the other formats hold the same words
    const txt = await client.transcriptAs(jobId, 'txt');
    expect(txt.trim().split(/\s+/).join(' ')).toBe(transcript.text);
    expect(await client.transcriptAs(jobId, 'srt')).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/);
    expect(await client.transcriptAs(jobId, 'vtt')).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> /);
  });

  it('tells its user by one mail, with a preview and a link to the text', async () => {
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath('en-short.wav'));
    await client.announceUpload(jobId);
    await client.waitUntil(jobId, 'COMPLETED');

    const mail = await waitFor('the mail', async () =>
      (await verbatim.mails()).find((eml) => eml.includes(jobId)),
    );
    const plain = mail.replace(/=\r?\n/g, '').replace(/=3D/g, '=');
    expect(plain).toContain('To: ana@example.com');
    expect(plain).toContain(trueText('en-short.wav'));
    const link = /http:\/\/localhost:\d+\/d\/[\w.~-]+/.exec(plain)?.[0] ?? 'no link';
    const downloaded = await fetch(link);
    expect(downloaded.status).toBe(200);
    expect((await downloaded.text()).trim().split(/\s+/).join(' ')).toBe(trueText('en-short.wav'));
    await waitFor('the job to know it', async () => (await client.job(jobId)).notification === 'sent');
  });

  it('turns a Spanish recording, sent through the api, into its true text', async () => {
    // Given a Spanish meeting by the source documents' own routes
    const { client } = verbatim;
    const { job_id: jobId } = await client.uploadThroughApi(samplePath('es-meeting.m4a'));

    // When /result has it
    const result = await waitFor('the result', async () => {
      const response = await client.fetch(`/result/${jobId}`);
      return response.status === 200 && ((await response.json()) as Record<string, string>);
    });

    // Then it is what was said, by voices that the model never heard
    expect(result['status']).toBe('COMPLETED');
    expect(result['transcript']?.trim().split(/\s+/).join(' ')).toBe(trueText('es-meeting.m4a'));
    expect(await client.transcript(jobId)).toMatchObject({ language: 'es' });
  });

  it('hears nothing in silence, and says so', async () => {
    const { client } = verbatim;
    const { job_id: jobId } = await client.uploadThroughApi(samplePath('silence.wav'));
    await client.waitUntil(jobId, 'COMPLETED');
    const transcript = await client.transcript(jobId);
    expect(transcript.segments).toEqual([]);
    expect(transcript.warnings).toContain('no_speech');
  });
});
