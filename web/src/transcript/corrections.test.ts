import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServerProblem } from '../server/server-problem.ts';
import { Corrections, type Names, type Texts } from './corrections.ts';
import type { ReadVersion } from './transcript-data.ts';

const texts = ['The sky is blue.', 'It was Ana.', 'The end.'];

/** A server that holds one transcript, as the api does: each save another version. */
function aServer() {
  let version = 0;
  const now = new Map(texts.entries());
  const speakers = ['Speaker 1', 'Speaker 2', 'Speaker 1'];
  const etag = () => (version === 0 ? '"r1-1.json"' : `"v${version}.json"`);
  const server = {
    saves: [] as [number, string][][],
    failing: null as ServerProblem | null,
    now,
    speakers,
    readNewest: async (): Promise<ReadVersion> => ({
      etag: etag(),
      transcript: transcriptOf([...now.values()], speakers),
    }),
    save: async (changed: { texts: Texts } | { names: Names }, seen: string): Promise<string> => {
      if (server.failing) throw server.failing;
      if (seen !== etag() && seen !== '*')
        throw new ServerProblem({ code: 'transcript.changed', status: 412, message: '' });
      if ('names' in changed && [...changed.names.keys()].some((name) => !speakers.includes(name))) {
        throw new ServerProblem({ code: 'transcript.bad_correction', status: 422, message: '' });
      }
      version++;
      if ('names' in changed) {
        for (const [index, name] of speakers.entries()) speakers[index] = changed.names.get(name) ?? name;
      } else {
        for (const [id, text] of changed.texts) now.set(id, text);
        server.saves.push([...changed.texts]);
      }
      return etag();
    },
  };
  return server;
}

async function open(server = aServer()) {
  return { server, corrections: new Corrections(await server.readNewest(), server) };
}

const change = (corrections: Corrections, id: number, text: string) =>
  corrections.change(new Map([[id, text]]));
const shown = (corrections: Corrections) =>
  [...corrections.getState().segments.values()].map(({ text }) => text);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a transcript that is corrected', () => {
  it('shows a change at once, with its times, and saves it a moment later', async () => {
    const { server, corrections } = await open();
    change(corrections, 1, ' It was\nAnna. ');
    expect(shown(corrections)[1]).toBe('It was Anna.');
    expect(
      corrections
        .getState()
        .segments.get(1)
        ?.words.map(({ start }) => start),
    ).toEqual([10, 11, 12]);
    expect(corrections.getState().saving).toBe('unsaved');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.saves).toEqual([[[1, 'It was Anna.']]]);
    expect(corrections.getState().saving).toBe('saved');
    expect(corrections.knows('v1')).toBe(true);
  });

  it('saves what was typed meanwhile together, one request at a time', async () => {
    const { server, corrections } = await open();
    change(corrections, 0, 'a');
    const saving = corrections.saveNow();
    change(corrections, 0, 'b');
    change(corrections, 2, 'c');
    await saving;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.saves).toEqual([
      [[0, 'a']],
      [
        [0, 'b'],
        [2, 'c'],
      ],
    ]);
  });

  it('sends what was typed during a save at once when its tab is closed', async () => {
    const { server, corrections } = await open();
    change(corrections, 0, 'a');
    void corrections.saveNow();
    change(corrections, 1, 'b');
    corrections.saveOnLeaving();
    // Nothing that waits for an answer goes on after that.
    await vi.advanceTimersByTimeAsync(0);
    expect([...server.now.values()]).toEqual(['a', 'b', texts[2]]);
  });

  it('is saved and goes on where nobody left after all', async () => {
    const { server, corrections } = await open();
    change(corrections, 0, 'a');
    void corrections.saveNow();
    change(corrections, 1, 'b');
    corrections.saveOnLeaving();
    await vi.advanceTimersByTimeAsync(10_000);
    change(corrections, 2, 'c');
    await vi.advanceTimersByTimeAsync(10_000);
    expect([...server.now.values()]).toEqual(['a', 'b', 'c']);
    expect(corrections.getState()).toMatchObject({ conflicts: [], saving: 'saved' });
  });

  it('undoes and redoes, and saves that, too', async () => {
    const { server, corrections } = await open();
    change(corrections, 0, 'a');
    change(corrections, 1, 'b');
    corrections.undo();
    corrections.undo();
    expect(shown(corrections)).toEqual(texts);
    expect(corrections.getState()).toMatchObject({ canUndo: false, canRedo: true });
    corrections.redo();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.saves).toEqual([[[0, 'a']]]);
    change(corrections, 2, 'c');
    expect(corrections.getState().canRedo).toBe(false);
  });

  it('saves nothing where a change was taken back before', async () => {
    const { server, corrections } = await open();
    change(corrections, 0, 'a');
    corrections.undo();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(server.saves).toEqual([]);
    expect(corrections.getState().saving).toBe('saved');
  });

  it('tries again by itself when the server was not reached, and loses nothing', async () => {
    const { server, corrections } = await open();
    server.failing = new ServerProblem({ code: 'server.unreachable', status: 0, message: '' });
    change(corrections, 0, 'a');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(corrections.getState().saving).toBe('failed');
    server.failing = null;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(server.now.get(0)).toBe('a');
    expect(corrections.getState().saving).toBe('saved');
  });
});

describe('two who correct the same transcript', () => {
  it('keep what each changed, where it is not the same place', async () => {
    const { server, corrections } = await open();
    const { corrections: other } = await open(server);
    change(other, 0, 'The sea is blue.');
    await other.saveNow();
    change(corrections, 2, 'Fin.');
    await vi.advanceTimersByTimeAsync(4_000);
    expect([...server.now.values()]).toEqual(['The sea is blue.', 'It was Ana.', 'Fin.']);
    expect(shown(corrections)).toEqual([...server.now.values()]);
    await other.refresh();
    expect(shown(other)).toEqual([...server.now.values()]);
  });

  it.each([
    ['mine', 'It was Anna.'],
    ['theirs', 'It was Hannah.'],
  ] as const)('are asked where it is the same place: %s', async (whose, expected) => {
    const { server, corrections } = await open();
    server.now.set(1, 'It was Hannah.');
    await server.save({ texts: new Map() }, '"r1-1.json"');
    change(corrections, 1, 'It was Anna.');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(corrections.getState().conflicts).toEqual([
      { id: 1, start: 10, mine: 'It was Anna.', theirs: 'It was Hannah.' },
    ]);
    expect(server.now.get(1)).toBe('It was Hannah.');
    corrections.settle(whose);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.now.get(1)).toBe(expected);
    expect(shown(corrections)[1]).toBe(expected);
    expect(corrections.getState()).toMatchObject({ conflicts: [], saving: 'saved' });
  });

  it('are not asked where both wrote the same', async () => {
    const { server, corrections } = await open();
    server.now.set(1, 'It was Anna.');
    await server.save({ texts: new Map() }, '"r1-1.json"');
    change(corrections, 1, 'It was Anna.');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(corrections.getState()).toMatchObject({ conflicts: [], saving: 'saved' });
  });
});

describe('speakers', () => {
  const called = (corrections: Corrections) => corrections.getState().read.map(({ speaker }) => speaker);

  it('are named at once, after what was typed, and what is typed meanwhile stays', async () => {
    const { server, corrections } = await open();
    change(corrections, 0, 'a');
    const naming = corrections.nameSpeakers(new Map([['Speaker 1', 'Ana']]));
    change(corrections, 1, 'b');
    await naming;
    expect(called(corrections)).toEqual(['Ana', 'Speaker 2', 'Ana']);
    expect(shown(corrections)).toEqual(['a', 'b', 'The end.']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([...server.now.values()]).toEqual(['a', 'b', 'The end.']);
    expect(server.speakers).toEqual(['Ana', 'Speaker 2', 'Ana']);
    expect(corrections.getState().saving).toBe('saved');
  });

  it('are named beside what somebody else corrects, unless it is their name', async () => {
    const { corrections, server } = await open();
    const { corrections: other } = await open(server);
    change(other, 2, 'Fin.');
    await other.saveNow();
    await corrections.nameSpeakers(new Map([['Speaker 1', 'Ana']]));
    expect(called(corrections)).toEqual(['Ana', 'Speaker 2', 'Ana']);
    expect(shown(corrections)[2]).toBe('Fin.');

    const late = other.nameSpeakers(new Map([['Speaker 1', 'Hannah']]));
    await expect(late).rejects.toMatchObject({ code: 'transcript.bad_correction' });
    expect(called(other)).toEqual(['Ana', 'Speaker 2', 'Ana']);
  });

  it('stay as they are while the server is away, and what is typed can be saved later', async () => {
    const { server, corrections } = await open();
    server.failing = new ServerProblem({ code: 'server.unreachable', status: 0, message: '' });
    await expect(corrections.nameSpeakers(new Map([['Speaker 1', 'Ana']]))).rejects.toThrow(ServerProblem);
    server.failing = null;
    change(corrections, 0, 'a');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.now.get(0)).toBe('a');
    expect(called(corrections)[0]).toBe('Speaker 1');
  });
});

function transcriptOf(sentences: string[], speakers: string[]): ReadVersion['transcript'] {
  const segments = sentences.map((text, id) => ({
    id,
    start: 10 * id,
    end: 10 * id + 9,
    text,
    speaker: speakers[id] ?? null,
    confidence: 0.9,
    words: text
      .split(' ')
      .map((word, at) => ({ word, start: 10 * id + at, end: 10 * id + at + 1, confidence: 0.9 })),
  }));
  const text = sentences.join(' ');
  return {
    ...{ version: 1, complete: true, text, language: 'en', languageProbability: 1, durationSeconds: 30 },
    ...{ confidence: 0.9, model: 'demo', segments, warnings: [] },
  };
}
