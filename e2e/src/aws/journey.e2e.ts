import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type {} from '../../emulator/vitest-global-setup.ts';
import { samplePath, trueText, wordErrorRate } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

describe('the main job on AWS', () => {
  let verbatim: Verbatim;
  beforeAll(async () => {
    verbatim = await Verbatim.start({
      ...inject('awsEnvironment'),
      PLATFORM: 'aws',
      LINK_SECRET: 'a secret of at least thirty-two characters',
      MAIL_TO: 'ana@example.com',
      MAIL_TRANSPORT: 'outbox',
      UPLOAD_PART_MIB: '5',
    });
  }, 120_000);
  afterAll(() => verbatim[Symbol.asyncDispose]());

  it('starts by the event that S3 sends through SQS, without any word from the client', async () => {
    // Given a recording that went straight to S3
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath('en-one-minute.mp3'));

    // When nobody says so but S3
    await client.waitUntil(jobId, 'COMPLETED');

    // Then the text is what was said
    const transcript = await client.transcript(jobId);
    expect(transcript.text).toBe(trueText('en-one-minute.mp3'));
    expect((await client.transcriptAs(jobId, 'srt')).startsWith('1\n00:00:0')).toBe(true);

    // And one mail tells of it, with a link that S3 serves
    const mail = await waitFor('the mail', async () =>
      (await verbatim.mails()).find((eml) => eml.includes(jobId)),
    );
    const link = /http:\/\/localhost:\d+\/d\/[\w.~-]+/.exec(mail.replace(/=\r?\n/g, '').replace(/=3D/g, '='));
    const downloaded = await fetch(link?.[0] ?? 'no link');
    expect((await downloaded.text()).trim().split(/\s+/).join(' ')).toBe(transcript.text);
    await waitFor('the job to be settled', async () => (await client.job(jobId)).notification === 'sent');
    expect((await verbatim.mails()).filter((eml) => eml.includes(jobId))).toHaveLength(1);
  });

  it('does a recording that came to S3 in parts', async () => {
    // Given a file of two parts, the second of which is something that players pass over
    const { client } = verbatim;
    const file = Buffer.concat([await readFile(samplePath('en-short.wav')), riffChunk('JUNK', 6 * 2 ** 20)]);
    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const response = await client.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(response.ok, path).toBe(true);
      return response.json();
    };
    const announced = { fileName: 'long.wav', contentType: 'audio/wav', sizeBytes: file.length };
    const created = (await post('/v1/jobs', { ...announced, upload: 'multipart' })) as {
      job: { jobId: string };
      upload: { partCount: number; partSizeBytes: number };
    };
    const { jobId } = created.job;
    expect(created.upload).toMatchObject({ partCount: 2, partSizeBytes: 5 * 2 ** 20 });

    // When both are sent, and joined
    const signed = await post(`/v1/jobs/${jobId}/upload/parts`, { partNumbers: [1, 2] });
    for (const { url, partNumber } of (signed as { parts: { url: string; partNumber: number }[] }).parts) {
      const start = (partNumber - 1) * 5 * 2 ** 20;
      const body = Uint8Array.from(file.subarray(start, start + 5 * 2 ** 20));
      expect((await fetch(url, { method: 'PUT', body })).status).toBe(200);
    }
    await post(`/v1/jobs/${jobId}/upload/complete`, {});
    await post(`/v1/jobs/${jobId}/upload/complete`, {});

    // Then it is a job like any other
    await client.waitUntil(jobId, 'COMPLETED');
    expect((await client.transcript(jobId)).text).toBe(trueText('en-short.wav'));
  });

  it('does a Spanish recording that is streamed through the api', async () => {
    const { client } = verbatim;
    const { job_id: jobId } = await client.uploadThroughApi(samplePath('es-meeting.m4a'));
    await client.waitUntil(jobId, 'COMPLETED');
    const { text, language } = await client.transcript(jobId);
    expect(language).toBe('es');
    expect(text).toBe(trueText('es-meeting.m4a'));
  });

  it('goes on after a kill -9 of its worker, with one transcript and one mail', async () => {
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath('sample.mp3'));
    await client.announceUpload(jobId);
    await waitFor(
      'the engine to work',
      async () => (await client.job(jobId)).progress.phase === 'transcribing',
    );
    process.kill(verbatim.program('worker').pid, 'SIGKILL');

    // SQS hands the message out again when its 30 s are over.
    await client.waitUntil(jobId, 'COMPLETED', 180_000);
    expect(wordErrorRate(trueText('sample.mp3'), (await client.transcript(jobId)).text)).toBeLessThan(0.05);
    await waitFor('the mail', async () => (await client.job(jobId)).notification === 'sent');
    expect((await verbatim.mails()).filter((eml) => eml.includes(jobId))).toHaveLength(1);
  });

  it('leaves nothing behind of a job that is deleted', async () => {
    const { client } = verbatim;
    const { job_id: jobId } = await client.uploadThroughApi(samplePath('en-short.wav'));
    await client.waitUntil(jobId, 'COMPLETED');
    expect((await client.fetch(`/v1/jobs/${jobId}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.fetch(`/v1/jobs/${jobId}/transcript`)).status).toBe(404);
    expect((await client.fetch(`/result/${jobId}`)).status).toBe(404);
  });

  it('fails a file that is no audio at once', async () => {
    const { client } = verbatim;
    const { jobId } = await client.uploadBytes('noise.mp3', new TextEncoder().encode('not audio'));
    const job = await client.waitUntil(jobId, 'FAILED');
    expect(job.error?.code).toBe('audio.unreadable');
  });
});

/** A chunk of a RIFF file: its name, its length, and nothing in it. */
function riffChunk(name: string, bytes: number): Buffer {
  const chunk = Buffer.alloc(8 + bytes);
  chunk.write(name);
  chunk.writeUInt32LE(bytes, 4);
  return chunk;
}
