import { access, constants, mkdir, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlatformSettings } from '@verbatim/adapters';
import { DomainError } from '@verbatim/domain';
import { dropPart, FetchFailed, fetchFile, readPart } from './fetch-file.ts';
import { dropKept, isKept, keepFile, sha1Of } from './keep-file.ts';
import { labelOf, type ModelChoice, readModelChoice } from './model-choice.ts';
import { type ModelSettings, modelsDirOf, quantizeProgramOf } from './model-settings.ts';
import { publishedSha1 } from './published-models.ts';
import { QuantizeFailed, quantizeModel } from './quantize-model.ts';
import { withFileLock } from './with-file-lock.ts';

export { ModelSettings } from './model-settings.ts';

export interface ReadyModel {
  /** Shown to users: `small-q8_0`, `demo`, or a file's name without `ggml-` and `.bin`. */
  name: string;
  path: string;
  /** True: it understands only its own small grammar, which people must be told. */
  demo: boolean;
  /** For people: what is not as they would expect, a sentence or more without paths. */
  note?: string;
}

export interface ModelProgress {
  model: string;
  /** `waiting`: another process is fetching it; the bytes are its. */
  phase: 'fetching' | 'waiting' | 'checking' | 'quantizing';
  bytesDone?: number | undefined;
  bytesTotal?: number | undefined;
}

export interface ModelHooks {
  progress?: (progress: ModelProgress) => void;
  signal?: AbortSignal;
  /** Compares the sum of the whole file, even where size and time look right. */
  verify?: boolean;
}

/** What is fixed in production and shorter or smaller in tests. */
export interface FetchRules {
  sha1: Readonly<Record<string, string>>;
  stallMs: number;
  pauseMs: number;
  lockPollMs: number;
}
const productionRules: FetchRules = { sha1: publishedSha1, stallMs: 10_000, pauseMs: 1_000, lockPollMs: 250 };

/** The model that was asked for is not there and can't be had. The message is for people: what was tried, what helps. */
export class ModelUnavailable extends DomainError {
  readonly code = 'model.unavailable';
}

type Settings = ModelSettings & Pick<PlatformSettings, 'PLATFORM'>;
type PublishedChoice = Extract<ModelChoice, { kind: 'published' }>;

/**
 * Finds the speech model, or fetches it and turns it into what was asked for. Where none was named and none can be had, the
 * demo model of this repository stands in, except in production.
 * @throws ModelUnavailable
 */
export async function ensureModel(
  settings: Settings,
  hooks: ModelHooks = {},
  rules: Partial<FetchRules> = {},
): Promise<ReadyModel> {
  if (settings.WHISPER_MODEL_PATH) return modelAt(settings.WHISPER_MODEL_PATH);
  const choice = readModelChoice(settings.WHISPER_MODEL);
  if (!choice)
    throw new ModelUnavailable(`WHISPER_MODEL names no model that we know: ${settings.WHISPER_MODEL}.`);
  if (choice.kind === 'demo') return modelAt(demoPath);
  if (choice.kind === 'file') return modelAt(choice.path);

  try {
    return await publishedModel(choice, settings, hooks, { ...productionRules, ...rules });
  } catch (error) {
    hooks.signal?.throwIfAborted();
    const reason = reasonOf(error);
    const label = labelOf(choice);
    if (!choice.named && !inProduction(settings)) {
      return modelAt(demoPath, `The speech model ${label} could not be fetched: ${reason}.`);
    }
    throw new ModelUnavailable(
      `The speech model ${label} is not in ${modelsDirOf(settings)} and could not be fetched: ${reason}. ` +
        'Check the network and the disk, set MODELS_URL to a mirror, or set WHISPER_MODEL to the path of a ggml file or to demo.',
      { cause: error },
    );
  }
}

/** The same depth from `src` and from `dist`. */
export const demoPath = fileURLToPath(new URL('../../models/ggml-demo-q8_0.bin', import.meta.url));
const demoNote =
  'This is the demo model: it knows about 230 words of one small grammar in English and Spanish, ' +
  'and turns any other speech into sentences of that grammar.';

async function modelAt(path: string, whyDemo?: string): Promise<ReadyModel> {
  await mustBeGgml(path);
  if (basename(path) === basename(demoPath)) {
    return { name: 'demo', path, demo: true, note: whyDemo ? `${whyDemo} ${demoNote}` : demoNote };
  }
  return { name: basename(path, '.bin').replace(/^ggml-/, ''), path, demo: false };
}

/** whisper.cpp reads its own older format only; the first four bytes tell. */
async function mustBeGgml(path: string): Promise<void> {
  const file = await open(path).catch((error: unknown) => {
    throw new ModelUnavailable(`There is no speech model at ${path}. Check WHISPER_MODEL.`, { cause: error });
  });
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(4), position: 0 });
    if (buffer.toString('latin1') === 'lmgg') return;
  } finally {
    await file.close();
  }
  throw new ModelUnavailable(`${path} is no ggml file of whisper.cpp (GGUF and PyTorch files don't work).`);
}

async function publishedModel(
  choice: PublishedChoice,
  settings: Settings,
  hooks: ModelHooks,
  rules: FetchRules,
): Promise<ReadyModel> {
  const folder = modelsDirOf(settings);
  const label = labelOf(choice);
  const path = join(folder, `ggml-${label}.bin`);
  const isThere = () => isKept(path, { expectedSha1: rules.sha1[label], verify: hooks.verify });
  const ready: ReadyModel = { name: label, path, demo: false };
  // Before the lock: a folder with a finished model may be read-only.
  if (await isThere()) return ready;

  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  const { model } = choice;
  const original = join(folder, `ggml-${model}.bin`);
  const partPath = `${original}.part`;
  const waiting = async () => {
    const { bytes, totalBytes } = await readPart(partPath);
    hooks.progress?.({ model, phase: 'waiting', bytesDone: bytes, bytesTotal: totalBytes });
  };
  const wait = { pollMs: rules.lockPollMs, waiting, signal: hooks.signal };
  return withFileLock(join(folder, `ggml-${model}.lock`), wait, async () => {
    if (await isThere()) return ready;
    await fetchOriginal(model, { url: modelUrl(settings, model), original, partPath }, hooks, rules);
    return choice.quantized ? quantized(model, original, ready, settings, hooks) : ready;
  });
}

async function fetchOriginal(
  model: string,
  { url, original, partPath }: { url: URL; original: string; partPath: string },
  hooks: ModelHooks,
  rules: FetchRules,
): Promise<void> {
  const expectedSha1 = rules.sha1[model];
  if (!expectedSha1) throw new FetchFailed('its published SHA-1 is not known');
  if (await isKept(original, { expectedSha1, verify: hooks.verify })) return;
  const progress = (bytesDone: number, bytesTotal: number | undefined) =>
    hooks.progress?.({ model, phase: 'fetching', bytesDone, bytesTotal });
  let sha1 = '';
  // Twice: a part of an older file, or one that was damaged on the way, is mended by fetching all of it again.
  for (let tries = 0; tries < 2; tries++) {
    await fetchFile({
      url,
      partPath,
      stallMs: rules.stallMs,
      pauseMs: rules.pauseMs,
      progress,
      signal: hooks.signal,
    });
    hooks.progress?.({ model, phase: 'checking' });
    sha1 = await sha1Of(partPath);
    if (sha1 === expectedSha1) {
      await keepFile(partPath, original, sha1);
      return dropPart(partPath);
    }
    await dropPart(partPath);
  }
  throw new FetchFailed(
    `what ${url.host} sent is not the published file (its SHA-1 is ${sha1}, the published one is ${expectedSha1})`,
  );
}

/** The original does the same work, only in more memory: better than no model when it can't be made smaller. */
async function quantized(
  model: string,
  original: string,
  ready: ReadyModel,
  settings: Settings,
  hooks: ModelHooks,
): Promise<ReadyModel> {
  hooks.progress?.({ model, phase: 'quantizing' });
  const aside = `${ready.path}.tmp`;
  try {
    await quantizeModel(quantizeProgramOf(settings), original, aside, hooks.signal);
  } catch (error) {
    if (!(error instanceof QuantizeFailed)) throw error;
    const note = `The speech model ${model} could not be made smaller (${error.message}): it needs twice the memory.`;
    return { name: model, path: original, demo: false, note };
  }
  await keepFile(aside, ready.path, await sha1Of(aside));
  await dropKept(original);
  return ready;
}

function modelUrl(settings: Settings, model: string): URL {
  return new URL(`ggml-${model}.bin`, `${settings.MODELS_URL.replace(/\/+$/, '')}/`);
}

/** Half a sentence for people; it may stand on the page and in a transcript, so it names no path. */
function reasonOf(error: unknown): string {
  if (error instanceof FetchFailed) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'there is not enough room on the disk for it';
  const isFromFolder = (error instanceof Error && 'syscall' in error) || code === 'ERR_SQLITE_ERROR';
  if (isFromFolder) return `the folder for models can't be used (${String(code)})`;
  throw error;
}

/** A real cloud, not an emulator of it: a start that would do the wrong work must fail. */
function inProduction(settings: Settings): boolean {
  return settings.PLATFORM === 'aws' && !settings.AWS_ENDPOINT_URL;
}
