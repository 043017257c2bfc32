import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpeg, samplePath } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';
import { waitFor } from '../drivers/wait-for.ts';

describe('bad input', () => {
  let verbatim: Verbatim;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'verbatim-bad-input-'));
    // A quarter of a minute at most, so that "too long" costs seconds.
    verbatim = await Verbatim.start({
      MAX_AUDIO_HOURS: String(15 / 3600),
      MAX_UPLOAD_MIB: '1',
      MAIL_TO: 'ana@example.com',
    });
  }, 120_000);
  afterAll(async () => {
    await verbatim[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function made(name: string, ...args: string[]): Uint8Array {
    const path = join(folder, name);
    ffmpeg(...args, path);
    return readFileSync(path);
  }

  /** A wav that another tenant would have on the same disk. */
  function victim(): string {
    const path = join(folder, 'victim.wav');
    writeFileSync(path, readFileSync(samplePath('en-short.wav')));
    return path;
  }

  const text = (content: string) => new TextEncoder().encode(content);
  const cases: [string, string, () => Uint8Array][] = [
    ['an empty file', 'audio.empty', () => new Uint8Array()],
    ['text named .mp3', 'audio.unreadable', () => text('Dear diary, this is no audio at all.\n'.repeat(50))],
    [
      'random bytes',
      'audio.unreadable',
      () => Uint8Array.from({ length: 9000 }, (_, i) => (i * 7919 + (i >> 3) * 31) % 256),
    ],
    [
      'a header without sound behind it',
      'audio.unreadable',
      () => readFileSync(samplePath('en-short.wav')).subarray(0, 60),
    ],
    [
      'a video without sound',
      'audio.no_sound',
      () => made('mute.mp4', '-f', 'lavfi', '-i', 'testsrc=duration=1:size=64x64', '-an'),
    ],
    [
      'a recording over the length allowed',
      'audio.too_long',
      () => made('long.flac', '-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '60'),
    ],
    [
      'a list of files (ffconcat)',
      'audio.unreadable',
      () => text(`ffconcat version 1.0\nfile '${victim()}'\nfile 'victim.wav'\n`),
    ],
    [
      'a playlist (HLS)',
      'audio.unreadable',
      () => text(`#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://${victim()}\n#EXT-X-ENDLIST\n`),
    ],
  ];

  it.each(cases)('%s fails at once with %s, and is told why', async (_, code, bytes) => {
    // Given a file that claims to be an mp3
    const { client } = verbatim;
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(bytes())]), 'recording.mp3');
    const { job_id: jobId } = await client.json<{ job_id: string }>('/upload-audio/', {
      method: 'POST',
      body: form,
    });

    // When the job has ended
    const job = await client.waitUntil(jobId, 'FAILED', 20_000);

    // Then it says what was wrong, was tried once, and made no transcript
    expect(job.error?.code).toBe(code);
    expect(job.error?.message).toMatch(/[a-z ]+\. [A-Z].+\.$/);
    expect(job.attempt).toBeLessThanOrEqual(2);
    expect((await client.fetch(`/v1/jobs/${jobId}/transcript?format=txt`)).status).toBe(409);

    // And its user gets a mail that says so too
    const mail = await waitFor('the mail', async () =>
      (await verbatim.mails()).find((eml) => eml.includes(jobId)),
    );
    expect(mail.replace(/=\r?\n/g, '')).toContain(job.error?.message.split('.')[0]);
  });

  it('a truncated recording is transcribed as far as it goes, and is said to be one', async () => {
    const { client } = verbatim;
    const whole = readFileSync(samplePath('en-short.wav'));
    const { jobId } = await client.uploadBytes('cut.wav', whole.subarray(0, whole.length / 2));
    await client.announceUpload(jobId);
    const { durationSeconds, warnings } = await client.waitUntil(jobId, 'COMPLETED');
    expect(durationSeconds).toBeCloseTo(4.97 / 2, 1);
    expect(warnings).toEqual(['demo_model', 'truncated']);
    expect((await client.transcript(jobId)).text).toContain('Yes, I agree.');
  });

  it('a file over the size allowed is refused before it is stored', async () => {
    const { client } = verbatim;
    const tooLarge = new Uint8Array(1024 * 1024 + 1);
    const announced = await client.fetch('/v1/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fileName: 'a.wav', contentType: 'audio/wav', sizeBytes: tooLarge.length }),
    });
    expect(announced.status).toBe(400);

    const lied = await client.createJob({ fileName: 'a.wav', sizeBytes: 1000 });
    expect((await client.sendForm(lied, tooLarge, 'a.wav')).status).toBe(413);
    expect((await client.fetch(`/v1/jobs/${lied.job.jobId}/uploaded`, { method: 'POST' })).status).toBe(409);

    const form = new FormData();
    form.append('file', new Blob([tooLarge]), 'a.wav');
    expect((await client.fetch('/upload-audio/', { method: 'POST', body: form })).status).toBe(413);
  });

  it('a failed job can be tried again, and fails again for the same reason in a new run', async () => {
    const { client } = verbatim;
    const { jobId } = await client.uploadBytes('noise.mp3', text('not audio'));
    await client.announceUpload(jobId);
    await client.waitUntil(jobId, 'FAILED');
    const mailsOfIt = async () => (await verbatim.mails()).filter((mail) => mail.includes(jobId));
    // Whoever retries before the mail is out needs none about the run that is over.
    await waitFor('the first mail', async () => (await mailsOfIt()).length === 1);

    const again = await client.fetch(`/v1/jobs/${jobId}/retry`, { method: 'POST' });
    expect(again.status).toBe(202);
    const job = await client.waitUntil(jobId, 'FAILED');
    expect(job.error?.code).toBe('audio.unreadable');
    await waitFor('a mail for each run', async () => (await mailsOfIt()).length === 2);
  });
});
