import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureModel, type FetchRules, type ModelHooks, type ModelProgress } from './ensure-model.ts';
import { type Behaviour, fakeCollection, fakeModel, sha1 } from './fake-collection.ts';
import { demoPath } from './model-at-path.ts';
import { ModelSettings } from './model-settings.ts';
import { withFileLock } from './with-file-lock.ts';

const model = fakeModel();
const rules: Partial<FetchRules> = {
  sha1: { small: sha1(model), tiny: sha1(model) },
  stallMs: 2_000,
  pauseMs: 5,
  lockPollMs: 10,
};

let folder: string;
let closing: (() => Promise<unknown>)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-models-'));
  closing = [() => rm(folder, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

async function collection(...answers: Behaviour[]) {
  const server = await fakeCollection(model, answers);
  closing.push(server.close);
  return server;
}

function settings(env: Record<string, string | undefined>, PLATFORM: 'local' | 'aws' = 'local') {
  return { ...ModelSettings.parse({ MODELS_DIR: join(folder, 'models'), ...env }), PLATFORM };
}

const inModels = (name: string) => join(folder, 'models', name);
const modelFiles = async () =>
  (await readdir(join(folder, 'models'))).filter((name) => !/lock/.test(name)).sort();

/** Stands in for whisper-quantize: leaves its arguments beside itself. */
async function quantizeProgram(script: string): Promise<string> {
  const path = join(folder, 'whisper-quantize');
  await writeFile(path, `#!/bin/sh\necho "$@" > "$0.called"\n${script}\n`, { mode: 0o755 });
  return path;
}
const halves = 'head -c 600000 "$1" > "$2"';

/** A start that was stopped when 40 % had come. */
async function leaveAPart(server: Awaited<ReturnType<typeof collection>>, body = model) {
  server.answers.push({ body, stallAfterBytes: 400_000 });
  const stop = new AbortController();
  const hooks = whenGot(400_000, () => stop.abort(new Error('stopped')));
  const chosen = settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url });
  await expect(ensureModel(chosen, { ...hooks, signal: stop.signal }, rules)).rejects.toThrow('stopped');
  server.requests.length = 0;
}

function whenGot(bytes: number, stop: () => void): ModelHooks {
  return { progress: ({ bytesDone }) => void (bytesDone === bytes && stop()) };
}

describe('a published model', () => {
  it('is fetched once, checked and kept', async () => {
    const server = await collection();
    const seen: ModelProgress[] = [];
    const hooks: ModelHooks = { progress: (progress) => seen.push(progress) };
    const chosen = settings({ WHISPER_MODEL: 'tiny', MODELS_URL: `${server.url}/` });

    const ready = await ensureModel(chosen, hooks, rules);
    const again = await ensureModel(chosen, hooks, rules);

    expect(ready).toEqual({ name: 'tiny', path: inModels('ggml-tiny.bin'), demo: false });
    expect(again).toEqual(ready);
    expect(await readFile(ready.path)).toEqual(model);
    expect(server.requests.map(({ path }) => path)).toEqual(['/models/ggml-tiny.bin']);
    expect(await modelFiles()).toEqual(['ggml-tiny.bin', 'ggml-tiny.bin.json']);
    expect(seen.findLast(({ phase }) => phase === 'fetching')).toEqual({
      model: 'tiny',
      phase: 'fetching',
      bytesDone: model.length,
      bytesTotal: model.length,
    });
  });

  it('goes on where the connection broke', async () => {
    let cut = () => {};
    const server = await collection({
      stallAfterBytes: 400_000,
      cut: new Promise<void>((resolve) => (cut = resolve)),
    });
    const chosen = settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url });
    const ready = await ensureModel(
      chosen,
      whenGot(400_000, () => cut()),
      rules,
    );
    expect(await readFile(ready.path)).toEqual(model);
    expect(server.requests.map(({ range, ifRange }) => ({ range, ifRange }))).toEqual([
      { range: undefined, ifRange: undefined },
      { range: 'bytes=400000-', ifRange: `"${sha1(model)}"` },
    ]);
  });

  it('goes on at the next start with the part that an earlier one left', async () => {
    const server = await collection();
    await leaveAPart(server);
    expect(await modelFiles()).toEqual(['ggml-tiny.bin.part', 'ggml-tiny.bin.part.json']);

    const ready = await ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);

    expect(await readFile(ready.path)).toEqual(model);
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=400000-']);
    expect(await modelFiles()).toEqual(['ggml-tiny.bin', 'ggml-tiny.bin.json']);
  });

  it('is only checked when an earlier start fetched all of it and was killed then', async () => {
    const server = await collection();
    await leaveAPart(server);
    await writeFile(inModels('ggml-tiny.bin.part'), model);
    await ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    expect(server.requests).toEqual([]);
  });

  it('is fetched from its beginning when the part is longer than the file', async () => {
    const server = await collection();
    await mkdir(join(folder, 'models'));
    await writeFile(inModels('ggml-tiny.bin.part'), Buffer.alloc(2 * model.length));
    const ready = await ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    expect(await readFile(ready.path)).toEqual(model);
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=2000000-', undefined]);
  });

  it('is fetched from its beginning when the server gives no ranges', async () => {
    const server = await collection();
    await leaveAPart(server);
    server.answers.push({ ignoresRange: true });
    const ready = await ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    expect(await readFile(ready.path)).toEqual(model);
  });

  it('is not mixed from two versions of the file', async () => {
    const server = await collection();
    await leaveAPart(server, fakeModel().fill(7, 4));
    const ready = await ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    expect(await readFile(ready.path)).toEqual(model);
    expect(server.requests).toHaveLength(1);
  });

  it('is fetched again, all of it, when its sum is wrong', async () => {
    const server = await collection({ body: Buffer.from('<html>log in first</html>') });
    const ready = await ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    expect(await readFile(ready.path)).toEqual(model);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  it('is refused with both sums when the sum stays wrong', async () => {
    const portal = Buffer.from('<html>log in first</html>');
    const server = await collection({ body: portal }, { body: portal });
    const fetching = ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    await expect(fetching).rejects.toThrow(
      `its SHA-1 is ${sha1(portal)}, the published one is ${sha1(model)}`,
    );
    expect(await modelFiles()).toEqual([]);
  });

  it('follows a redirect, with its range', async () => {
    const far = await collection();
    await leaveAPart(far);
    const near = await collection({ redirectTo: `${far.url}/elsewhere` });
    const ready = await ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: near.url }), {}, rules);
    expect(await readFile(ready.path)).toEqual(model);
    expect(far.requests).toEqual([
      { path: '/models/elsewhere', range: 'bytes=400000-', ifRange: `"${sha1(model)}"` },
    ]);
  });

  it('gives up with a sentence that says what to do when the server does not have it', async () => {
    const server = await collection({ status: 404 });
    const fetching = ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    await expect(fetching).rejects.toMatchObject({
      code: 'model.unavailable',
      message: expect.stringMatching(
        /^The speech model tiny is not in .* could not be fetched: 127\.0\.0\.1:\d+ answered 404\. .*MODELS_URL/,
      ),
    });
  });

  it('gives up when no byte comes any more', async () => {
    const server = await collection({ stallAfterBytes: 1_000 });
    const stalling = { ...rules, stallMs: 150 };
    const fetching = ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, stalling);
    await expect(fetching).rejects.toThrow(/no byte came from .* for 0\.15 s/);
    expect((await stat(inModels('ggml-tiny.bin.part'))).size).toBe(1_000);
  });

  it('may come slowly as long as it comes', async () => {
    const server = await collection({ trickle: { pieces: 10, pauseMs: 150 } });
    const chosen = settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url });
    const ready = await ensureModel(chosen, {}, { ...rules, stallMs: 1_000 });
    expect(await readFile(ready.path)).toEqual(model);
    expect(server.requests).toHaveLength(1);
  });

  it('is not begun when the disk has too little room for it', async () => {
    const server = await collection({ claimsBytes: 1e15 });
    const fetching = ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    await expect(fetching).rejects.toThrow('not enough room on the disk');
    expect(await modelFiles()).toEqual([]);
  });

  it('leaves nothing but the part when the disk is full', async () => {
    // Given a part that no byte fits into
    const server = await collection();
    await mkdir(join(folder, 'models'));
    await symlink('/dev/full', inModels('ggml-tiny.bin.part'));
    const fetching = ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    await expect(fetching).rejects.toThrow('not enough room on the disk');
    expect(await modelFiles()).toEqual(['ggml-tiny.bin.part', 'ggml-tiny.bin.part.json']);
  });

  it('says so when the folder for models is none', async () => {
    await writeFile(join(folder, 'models'), 'a file');
    const fetching = ensureModel(settings({ WHISPER_MODEL: 'tiny' }), {}, rules);
    await expect(fetching).rejects.toThrow("the folder for models can't be used");
  });

  it('stops when the program is stopped', async () => {
    const server = await collection({ stallAfterBytes: 1_000 });
    const stop = new AbortController();
    const hooks: ModelHooks = {
      signal: stop.signal,
      progress: () => stop.abort(new Error('stopped by SIGTERM')),
    };
    // Nobody named a model, and still a stop is no reason to begin with the demo.
    const fetching = ensureModel(settings({ MODELS_URL: server.url }), hooks, rules);
    await expect(fetching).rejects.toThrow('stopped by SIGTERM');
  });

  it('stops waiting for another process when the program is stopped', async () => {
    await mkdir(join(folder, 'models'));
    await withFileLock(inModels('ggml-small.lock'), { pollMs: 10 }, async () => {
      const stop = new AbortController();
      const hooks: ModelHooks = {
        signal: stop.signal,
        progress: () => stop.abort(new Error('stopped by SIGTERM')),
      };
      await expect(ensureModel(settings({}), hooks, rules)).rejects.toThrow('stopped by SIGTERM');
    });
  });

  it('is fetched once when two need it at once, and the second one sees how far it is', async () => {
    // Given a server that answers only when somebody waits for the one who asked it
    let release = () => {};
    const server = await collection({ after: new Promise<void>((resolve) => (release = resolve)) });
    const chosen = settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url });
    const phases = [new Set<string>(), new Set<string>()];
    // When two need the model
    await Promise.all(
      phases.map((seen) => {
        const progress = ({ phase }: ModelProgress) => {
          seen.add(phase);
          if (phase === 'waiting') release();
        };
        return ensureModel(chosen, { progress }, rules);
      }),
    );
    // Then one fetched it and both have it
    expect(server.requests).toHaveLength(1);
    expect(phases.map((seen) => [...seen].join()).sort()).toEqual(['fetching,checking', 'waiting']);
  });

  it('is checked byte by byte when asked to, and fetched again when it rotted', async () => {
    const server = await collection();
    const chosen = settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url });
    const { path } = await ensureModel(chosen, {}, rules);
    const { atime, mtime } = await stat(path);
    await writeFile(path, Buffer.from(model).fill(0, 500_000, 500_001));
    await utimes(path, atime, mtime);

    await ensureModel(chosen, {}, rules);
    expect(server.requests).toHaveLength(1);
    await ensureModel(chosen, { verify: true }, rules);

    expect(server.requests).toHaveLength(2);
    expect(await readFile(path)).toEqual(model);
  });

  it('is used without a fetch when it was copied there by hand', async () => {
    const server = await collection();
    await mkdir(join(folder, 'models'));
    await writeFile(inModels('ggml-tiny.bin'), model);
    await ensureModel(settings({ WHISPER_MODEL: 'tiny', MODELS_URL: server.url }), {}, rules);
    expect(server.requests).toEqual([]);
  });
});

describe('a quantised model', () => {
  it('is made from the original, which then goes', async () => {
    const server = await collection();
    const WHISPER_QUANTIZE = await quantizeProgram(halves);
    const chosen = settings({ MODELS_URL: server.url, WHISPER_QUANTIZE });

    const ready = await ensureModel(chosen, {}, rules);
    const again = await ensureModel(chosen, { verify: true }, rules);

    expect(ready).toEqual({ name: 'small-q8_0', path: inModels('ggml-small-q8_0.bin'), demo: false });
    expect(again).toEqual(ready);
    expect(await readFile(`${WHISPER_QUANTIZE}.called`, 'utf8')).toBe(
      `${inModels('ggml-small.bin')} ${inModels('ggml-small-q8_0.bin.tmp')} q8_0\n`,
    );
    expect(await modelFiles()).toEqual(['ggml-small-q8_0.bin', 'ggml-small-q8_0.bin.json']);
    expect(server.requests).toHaveLength(1);
  });

  it('uses the program beside whisper-server', async () => {
    const server = await collection();
    await quantizeProgram(halves);
    const WHISPER_SERVER = join(folder, 'whisper-server');
    const ready = await ensureModel(settings({ MODELS_URL: server.url, WHISPER_SERVER }), {}, rules);
    expect(ready.name).toBe('small-q8_0');
  });

  it.each([
    ['fails', 'exit 3', 'exit code 3'],
    ['writes half a file on a full disk and says nothing', 'head -c 1000 "$1" > "$2"', 'only a part'],
    ['is killed', 'kill -9 $$', 'SIGKILL'],
  ])('is replaced by the original when whisper-quantize %s', async (_, script, reason) => {
    const server = await collection();
    const WHISPER_QUANTIZE = await quantizeProgram(script);
    const chosen = settings({ WHISPER_MODEL: 'tiny-q8_0', MODELS_URL: server.url, WHISPER_QUANTIZE });

    const ready = await ensureModel(chosen, {}, rules);
    expect(ready).toMatchObject({ name: 'tiny', path: inModels('ggml-tiny.bin'), demo: false });
    expect(ready.note).toContain(reason);
    expect(await modelFiles()).toEqual(['ggml-tiny.bin', 'ggml-tiny.bin.json']);

    // And at the next start, mended, needs no second fetch.
    await quantizeProgram(halves);
    expect((await ensureModel(chosen, {}, rules)).name).toBe('tiny-q8_0');
    expect(server.requests).toHaveLength(1);
  });
});

describe('when no model is named and none can be had', () => {
  let unreachable: { MODELS_URL: string };
  beforeEach(async () => {
    const server = await fakeCollection(model);
    await server.close();
    unreachable = { MODELS_URL: server.url };
  });

  it('is the demo, and says so', async () => {
    const ready = await ensureModel(settings(unreachable), {}, rules);
    expect(ready).toMatchObject({ name: 'demo', path: demoPath, demo: true });
    expect(ready.note).toMatch(
      /^The speech model small-q8_0 could not be fetched: .* can't be reached \(ECONNREFUSED\)\. This is the demo model/,
    );
    expect(ready.note).not.toContain(folder);
  });

  it('is the demo soon when nothing answers', async () => {
    const server = await collection({ stallAfterBytes: 0 });
    const ready = await ensureModel(settings({ MODELS_URL: server.url }), {}, { ...rules, stallMs: 150 });
    expect(ready.note).toContain('no byte came');
  });

  it('is a failed start in production', async () => {
    const starting = ensureModel(settings(unreachable, 'aws'), {}, rules);
    await expect(starting).rejects.toThrow('The speech model small-q8_0 is not in');
  });

  it('is the demo against an emulator of AWS', async () => {
    const emulator = { ...unreachable, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
    expect((await ensureModel(settings(emulator, 'aws'), {}, rules)).demo).toBe(true);
  });
});

describe('a model that is there already', () => {
  it('is the demo where it is named, in production too', async () => {
    const ready = await ensureModel(settings({ WHISPER_MODEL: 'demo' }, 'aws'));
    expect(ready).toMatchObject({ name: 'demo', demo: true, note: expect.stringContaining('demo model') });
  });

  it('is the one that npm start found, whatever WHISPER_MODEL says', async () => {
    const ready = await ensureModel(settings({ WHISPER_MODEL: 'large-v3', WHISPER_MODEL_PATH: demoPath }));
    expect(ready).toMatchObject({ name: 'demo', path: demoPath, demo: true });
  });
});
