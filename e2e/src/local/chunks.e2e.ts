import type { Job, Transcript } from '@verbatim/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calmRun, killedRun } from '../campaigns/killed-run.ts';
import { samplePath, trueSentences, trueText, wordErrorRate } from '../drivers/samples.ts';
import { Verbatim } from '../drivers/verbatim.ts';

const recording = 'sample.mp3';

describe('a long recording, cut into pieces', () => {
  let verbatim: Verbatim;
  beforeAll(async () => {
    // Seven minutes in pieces of one: as an hour in pieces of ten, and quicker.
    verbatim = await Verbatim.start({ CHUNK_SECONDS: '60', MAIL_TO: 'ana@example.com' });
  }, 120_000);
  afterAll(() => verbatim[Symbol.asyncDispose]());

  it('comes back whole: no word lost or doubled at a cut, in order', async () => {
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath(recording));
    await client.announceUpload(jobId);
    await client.waitUntil(jobId, 'COMPLETED', 150_000);

    const { text, segments, durationSeconds } = await client.transcript(jobId);
    // The demo model's own error on the uncut recording is 2.3 %.
    expect(wordErrorRate(trueText(recording), text)).toBeLessThan(0.03);
    const starts = segments.map(({ start }) => start);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(segments.at(-1)?.end).toBeGreaterThan(400);
    expect(durationSeconds).toBeCloseTo(420, 0);
  });

  it('is followed as it goes on, and read as far as it has come', async () => {
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath(recording));
    await client.announceUpload(jobId);

    const states: Job[] = [];
    const parts: Transcript[] = [];
    for await (const job of client.follow(jobId)) {
      const chunksDone = job.progress.chunksDone ?? 0;
      if (chunksDone > (states.at(-1)?.progress.chunksDone ?? 0)) {
        parts.push(await client.transcript(jobId, { partial: true }));
      }
      states.push(job);
    }

    expect(states.at(-1)?.status).toBe('COMPLETED');
    const running = states.filter(({ progress }) => progress.phase === 'transcribing');
    const seconds = running.map(({ progress }) => progress.audioSecondsDone);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    // How many steps are seen in a few seconds depends on the machine.
    expect(new Set(seconds).size, 'it is seen to move').toBeGreaterThan(1);
    expect(running.at(-1)?.progress).toMatchObject({
      chunksTotal: 7,
      audioSecondsTotal: expect.closeTo(420, 0),
    });
    expect(running.at(-1)?.progress.estimate?.basis).toBe('this job');

    const whole = await client.transcript(jobId);
    const [first] = parts;
    expect(whole.complete).toBe(true);
    expect(first).toMatchObject({ complete: false, warnings: ['demo_model'] });
    expect(first?.text).not.toBe('');
    expect(whole.segments.length).toBeGreaterThan(first?.segments.length ?? 0);
    for (const { text } of first?.segments ?? []) expect(whole.text).toContain(text);
  });

  it('hears each channel as a speaker of its own, when asked to', async () => {
    const { client } = verbatim;
    const { jobId } = await client.upload(samplePath('en-two-channels.ogg'), { channels: 'separate' });
    await client.announceUpload(jobId);
    await client.waitUntil(jobId, 'COMPLETED');

    const { segments } = await client.transcript(jobId);
    const said = (speaker: string) =>
      segments
        .filter((segment) => segment.speaker === speaker)
        .map(({ text }) => text)
        .join(' ');
    for (const channel of [0, 1]) {
      const truth = trueSentences('en-two-channels.ogg', channel);
      // Long silences between the turns cost the demo model a word now and then.
      expect(wordErrorRate(truth, said(`Speaker ${channel + 1}`))).toBeLessThan(0.15);
    }
    // Both have their say in turn.
    const turns = segments.filter(({ speaker }, index) => speaker !== segments[index - 1]?.speaker);
    expect(turns.length).toBeGreaterThan(10);
    expect(await client.transcriptAs(jobId, 'vtt')).toContain('<v Speaker 2>');
  });

  it('goes on after a kill -9 of its worker, and only what was not finished is done again', async () => {
    // Given a job that nobody disturbs
    const calm = await calmRun(verbatim, samplePath(recording));
    // When the worker of another one is killed at half of the audio: some pieces are done, others are being heard
    const kill = { aim: 'transcribing', at: 0.5 } as const;
    const killed = await killedRun(verbatim, samplePath(recording), kill, calm);

    // Then what was done stays done, and the same comes of it
    expect(killed.done.length).toBeGreaterThan(0);
    expect(killed.doneTwice).toEqual([]);
    expect(killed.claimedAfter).toHaveLength(7 - killed.done.length);
    const { timings } = killed.transcript;
    expect(killed.transcript).toEqual({ ...calm.transcript, timings });
    expect(killed).toMatchObject({ attempt: 1, mails: 1 });
  });
});
