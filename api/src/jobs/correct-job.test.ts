import { StorageUnavailable, Transcript, transcriptFormats } from '@verbatim/domain';
import { aJob, aTranscript } from '@verbatim/domain/testing';
import { describe, expect, it } from 'vitest';
import { finishedJob } from '../testing/finished-job.ts';
import { anasKey, bobsKey, openTestApp } from '../testing/test-app.ts';

/** A finished job whose one segment says "Hola, ¿qué tal?", and ana's way to correct it. */
async function openWithTranscript(heard?: Transcript) {
  const opened = await openTestApp();
  const { job, transcript } = await finishedJob(opened.platform, { fileName: 'talk.mp3' }, heard);
  const path = `/v1/jobs/${job.jobId}/transcript`;
  const read = (query = '') => opened.as(anasKey).get(`${path}${query}`);
  const correct = (text: string, ifMatch: string, id = 0) =>
    opened
      .as(anasKey)
      .put(path)
      .set('If-Match', ifMatch)
      .send({ segments: [{ id, text }] });
  const files = () =>
    [...opened.platform.objects.objects.keys()]
      .map((key) => key.replace(`transcripts/ana/${job.jobId}/`, ''))
      .sort();
  return { ...opened, job, transcript, path, read, correct, files };
}

describe('PUT /v1/jobs/{id}/transcript', () => {
  it('saves a new version that every format renders from then on, and keeps the original', async () => {
    const { read, correct, transcript, job, files } = await openWithTranscript();
    const { headers: before } = await read('?format=srt').expect(200);

    const answer = await correct('Hola, ¿qué tal estás?', before['etag'] ?? '').expect(200);

    expect(answer.headers['etag']).toBe('"v1.json"');
    expect(answer.body).toMatchObject({ version: 'v1', by: 'laptop' });
    expect(files()).toEqual(['r1-1/transcript.json', 'v1/transcript.json', 'v1/transcript.txt']);
    for (const format of transcriptFormats) {
      const newest = await read(`?format=${format}`).buffer().expect(200);
      const named = await read(`?format=${format}&version=v1`).buffer().expect(200);
      const original = await read(`?format=${format}&version=original`).buffer().expect(200);
      const text = ({ text, body }: { text?: string; body: Uint8Array }) =>
        text ?? Buffer.from(body).toString();
      expect(newest.headers['etag']).toBe(`"v1.${format}"`);
      expect(text(newest), format).toContain('estás?');
      expect(text(named)).toBe(text(newest));
      expect(original.headers['etag']).toBe(`"r1-1.${format}"`);
      expect(text(original), format).not.toContain('estás');
    }
    expect((await read('?version=original')).body).toEqual(transcript);
    const corrected = Transcript.parse((await read()).body);
    expect(corrected.text).toBe('Hola, ¿qué tal estás?');
    expect(corrected.segments[0]?.words.map(({ word, end }) => [word, Number(end.toFixed(2))])).toEqual([
      ['Hola,', 0.33],
      ['¿qué', 0.67],
      ['tal', expect.any(Number)],
      ['estás?', 1],
    ]);
    expect(job.fileName).toBe('talk.mp3');
  });

  it('answers 412 to whoever corrected an older version, and 428 to whoever does not say which', async () => {
    const { read, correct, as, path } = await openWithTranscript();
    const seen = (await read()).headers['etag'] ?? '';
    await correct('Hola.', seen).expect(200);
    const late = await correct('Adiós.', seen).expect(412);
    expect(late.body).toMatchObject({
      code: 'transcript.changed',
      detail: expect.stringMatching(/Read it again/),
    });
    await correct('Adiós.', 'W/"v1.json"').expect(412);
    const unsaid = await as(anasKey).put(path).send({ segments: [] }).expect(428);
    expect(unsaid.body.code).toBe('transcript.if_match_missing');
    expect((await read()).body.text).toBe('Hola.');
    await correct('Adiós.', '"other", "v1.srt"').expect(200);
    await correct('Ciao.', '*').expect(200);
  });

  it('lets one of many who correct the same version at once win, and tidies up after the others', async () => {
    const { read, correct, files } = await openWithTranscript();
    const seen = (await read()).headers['etag'] ?? '';
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => correct(text, seen)));
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(4);
    const winner = answers.find(({ status }) => status === 200);
    expect((await read()).headers['etag']).toBe(winner?.headers['etag']);
    expect(files()).toHaveLength(3);
  });

  it('lists the versions that are kept, the newest first', async () => {
    const { read, correct, as, path, platform, files } = await openWithTranscript();
    for (let number = 1; number <= 5; number++) {
      platform.clock.advance(60_000);
      await correct(`Version ${number}`, (await read()).headers['etag'] ?? '').expect(200);
    }
    const { body } = await as(anasKey).get(`${path}/versions`).expect(200);
    expect(body.items.map(({ version }: { version: string }) => version)).toEqual([
      'v5',
      'v4',
      'v1',
      'original',
    ]);
    expect(body.items[0]).toEqual({
      version: 'v5',
      createdAt: new Date(platform.clock.now()).toISOString(),
      by: 'laptop',
    });
    expect(files().filter((key) => key.endsWith('.json'))).toHaveLength(4);
    const { body: gone } = await read('?version=v2').expect(404);
    expect(gone.code).toBe('transcript.unknown_version');
    await read('?version=v6').expect(404);
    await read('?version=../r1-1').expect(400);
  });

  it('makes no version where nothing is changed, and goes back to what was heard, to the word', async () => {
    const { read, correct, transcript, as, path } = await openWithTranscript();
    const seen = (await read()).headers['etag'] ?? '';
    expect((await correct(' Hola,  ¿qué tal?', seen).expect(200)).headers['etag']).toBe(seen);
    await correct('Something else entirely', seen).expect(200);
    await correct('Hola, ¿qué tal?', '"v1.json"').expect(200);
    expect((await read()).body.segments).toEqual(transcript.segments);
    expect((await as(anasKey).get(`${path}/versions`)).body.items).toHaveLength(3);
  });

  it('takes what people write for text, whatever it looks like', async () => {
    const { read, correct } = await openWithTranscript();
    const hostile = '<script>alert(1)</script>\n\n00:00 --> 00:01\u0000 =1+1';
    await correct(hostile, '"r1-1.json"').expect(200);
    const { body } = await read().expect(200);
    expect(body.text).toBe('<script>alert(1)</script> 00:00 --> 00:01 =1+1');
    expect((await read('?format=vtt').buffer()).text).not.toContain('<script>');
  });

  it('refuses what does not fit, with a sentence', async () => {
    const { correct, as, path } = await openWithTranscript();
    const unknown = await correct('x', '"r1-1.json"', 99).expect(422);
    expect(unknown.body).toMatchObject({
      code: 'transcript.bad_correction',
      detail: 'The transcript has no segment 99.',
    });
    await correct('x'.repeat(10_001), '"r1-1.json"').expect(400);
    for (const body of [
      { segments: 'all' },
      { segments: [{ id: 0 }] },
      { segments: [{ id: 0, text: 'x', start: 1 }] },
      { speakers: [{ speaker: 'Speaker 1' }] },
      { speakers: [{ speaker: 'Speaker 1', name: 'x'.repeat(81) }] },
    ]) {
      await as(anasKey).put(path).set('If-Match', '"r1-1.json"').send(body).expect(400);
    }
    const large = { segments: Array.from({ length: 200 }, (_, id) => ({ id, text: 'x'.repeat(9_000) })) };
    await as(anasKey).put(path).set('If-Match', '"r1-1.json"').send(large).expect(413);
  });

  describe('names of speakers', () => {
    async function openWithSpeakers() {
      const turn = (start: number, speaker: string | null) => ({
        ...{ start, end: start + 1, speaker },
        text: `From ${start}.`,
      });
      const heard = aTranscript([
        turn(0, 'Speaker 1'),
        turn(3, 'Speaker 2'),
        turn(6, 'Speaker 1'),
        turn(9, null),
      ]);
      const opened = await openWithTranscript(heard);
      const name = (speakers: Record<string, string>, segments?: { id: number; text: string }[]) =>
        opened
          .as(anasKey)
          .put(opened.path)
          .set('If-Match', '*')
          .send({
            speakers: Object.entries(speakers).map(([speaker, name]) => ({ speaker, name })),
            segments,
          });
      const called = async (query = '') =>
        Transcript.parse((await opened.read(query)).body).segments.map(({ speaker }) => speaker);
      return { ...opened, name, called };
    }

    it('are those of all that they said, in every format, and the original keeps its own', async () => {
      const { name, called, read } = await openWithSpeakers();
      await name({ 'Speaker 1': ' Ana  García\n' }).expect(200);
      expect(await called()).toEqual(['Ana García', 'Speaker 2', 'Ana García', null]);
      expect(await called('?version=original')).toEqual(['Speaker 1', 'Speaker 2', 'Speaker 1', null]);
      for (const [format, line] of [
        ['txt', 'Ana García: From 0.'],
        ['srt', 'Ana García: From 0.'],
        ['vtt', '<v Ana García>From 0.'],
        ['tsv', 'From 6.\tAna García'],
        ['md', 'Ana García** From 6.'],
      ]) {
        expect((await read(`?format=${format}`).buffer()).text, format).toContain(line);
      }
    });

    it('change again, trade places, and go back to what the engine said, beside changes of texts', async () => {
      const { name, called, read } = await openWithSpeakers();
      await name({ 'Speaker 1': 'Ana', 'Speaker 2': 'Bob' }, [{ id: 1, text: 'Hello.' }]).expect(200);
      await name({ Ana: 'Bob', Bob: 'Ana' }).expect(200);
      expect(await called()).toEqual(['Bob', 'Ana', 'Bob', null]);
      expect((await read()).body.segments[1].text).toBe('Hello.');
      await name({ Bob: ' ' }).expect(200);
      expect(await called()).toEqual(['Speaker 1', 'Ana', 'Speaker 1', null]);
    });

    it('make no version where they are what they were', async () => {
      const { name, read } = await openWithSpeakers();
      const { headers } = await name({ 'Speaker 2': 'Speaker 2' }).expect(200);
      expect(headers['etag']).toBe((await read()).headers['etag']);
      expect(headers['etag']).toBe('"r1-1.json"');
    });

    it('are refused where nobody could be told apart, or nobody is called so', async () => {
      const { name, called } = await openWithSpeakers();
      const { body: same } = await name({ 'Speaker 1': 'Speaker 2' }).expect(422);
      expect(same.code).toBe('transcript.name_taken');
      const { body: nobody } = await name({ Ana: 'Bob' }).expect(422);
      expect(nobody.detail).toBe('The transcript has no speaker who is called so.');
      expect(await called()).toEqual(['Speaker 1', 'Speaker 2', 'Speaker 1', null]);
    });

    it('stay text, whatever they look like', async () => {
      const { name, read } = await openWithSpeakers();
      await name({ 'Speaker 1': '</v><script>\t**x**: -->' }).expect(200);
      const { text: vtt } = await read('?format=vtt').buffer();
      expect(vtt).not.toContain('<script>');
      expect(vtt.match(/-->/g)).toHaveLength(4);
      expect((await read('?format=tsv').buffer()).text.trim().split('\n')[1]?.split('\t')).toHaveLength(4);
    });
  });

  it('knows nothing of others’ jobs, and has nothing to correct of one that has no transcript', async () => {
    const { as, path, platform } = await openWithTranscript();
    const correction = { segments: [{ id: 0, text: 'x' }] };
    await as(bobsKey).put(path).set('If-Match', '"r1-1.json"').send(correction).expect(404);
    await as(bobsKey).get(`${path}/versions`).expect(404);
    await as().put(path).set('If-Match', '"r1-1.json"').send(correction).expect(401);
    for (const [over, status, code] of [
      [{ status: 'PROCESSING' }, 409, 'job.not_finished'],
      [{ status: 'CANCELED' }, 409, 'job.no_transcript'],
      [{ status: 'COMPLETED', transcriptRemovedAt: 1 }, 410, 'transcript.removed'],
    ] as const) {
      const job = aJob({ userId: 'ana', ...over });
      await platform.jobs.create(job);
      const at = `/v1/jobs/${job.jobId}/transcript`;
      const { body } = await as(anasKey).put(at).set('If-Match', '*').send(correction).expect(status);
      expect(body.code).toBe(code);
      await as(anasKey).get(`${at}/versions`).expect(status);
    }
  });

  it('takes the next number where somebody left a version that never came to count', async () => {
    const { platform, correct, read, job } = await openWithTranscript();
    const left = `ana/${job.jobId}/v1/transcript.json`;
    await platform.objects.put('transcripts', left, Buffer.from('{}'), { contentType: 'application/json' });
    expect((await correct('Hola.', '"r1-1.json"').expect(200)).body.version).toBe('v2');
    expect((await read()).body.text).toBe('Hola.');
  });

  it('knows its own write again when the answer to it was lost', async () => {
    const { platform, correct, read } = await openWithTranscript();
    const change = platform.jobs.change.bind(platform.jobs);
    platform.jobs.change = async (...args) => {
      await change(...args);
      return change(...args);
    };
    expect((await correct('Hola.', '"r1-1.json"').expect(200)).body.version).toBe('v1');
    expect((await read()).body.text).toBe('Hola.');
  });

  it('changes nothing when storage or the table does not answer', async () => {
    const { platform, correct, read } = await openWithTranscript();
    platform.jobs.change = async () => {
      throw new StorageUnavailable('the table is down');
    };
    await correct('Hola.', '"r1-1.json"').expect(503);
    expect((await read()).headers['etag']).toBe('"r1-1.json"');
  });

  it('is shown by links from then on, and gone with the job', async () => {
    const { as, correct, job, files } = await openWithTranscript();
    const { body } = await as(anasKey)
      .post(`/v1/jobs/${job.jobId}/links`)
      .send({ to: 'transcript' })
      .expect(201);
    await correct('Hola.', '"r1-1.json"').expect(200);
    const { headers } = await as().get(new URL(body.url).pathname).expect(302);
    expect(headers['location']).toContain('/v1/transcript.txt');
    await as(anasKey).delete(`/v1/jobs/${job.jobId}`).expect(204);
    expect(files()).toEqual([]);
  });
});
