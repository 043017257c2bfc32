import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlatformSettings } from '@verbatim/adapters';
import { dropPart, FetchFailed, fetchFile, readPart } from './fetch-file.ts';
import { dropKept, isKept, keepFile, sha1Of } from './keep-file.ts';
import { demoPath, ModelUnavailable, modelAtPath, type ReadyModel } from './model-at-path.ts';
import { labelOf, type ModelChoice, modelFile, readModelChoice } from './model-choice.ts';
import { type ModelSettings, modelsDirOf, quantizeProgramOf } from './model-settings.ts';
import { publishedSha1 } from './published-models.ts';
import { QuantizeFailed, quantizeModel } from './quantize-model.ts';
import { withFileLock } from './with-file-lock.ts';

export { ModelUnavailable, type ReadyModel } from './model-at-path.ts';
export { ModelSettings } from './model-settings.ts';

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
  if (settings.WHISPER_MODEL_PATH) return modelAtPath(settings.WHISPER_MODEL_PATH);
  const choice = readModelChoice(settings.WHISPER_MODEL);
  if (!choice)
    throw new ModelUnavailable(`WHISPER_MODEL names no model that we know: ${settings.WHISPER_MODEL}.`);
  if (choice.kind === 'demo') return modelAtPath(demoPath);
  if (choice.kind === 'file') return modelAtPath(choice.path);

  try {
    return await publishedModel(choice, settings, hooks, { ...productionRules, ...rules });
  } catch (error) {
    hooks.signal?.throwIfAborted();
    const reason = reasonOf(error);
    const label = labelOf(choice);
    if (!choice.named && !inProduction(settings)) {
      return modelAtPath(demoPath, `The speech model ${label} could not be fetched: ${reason}.`);
    }
    throw new ModelUnavailable(
      `The speech model ${label} is not in ${modelsDirOf(settings)} and could not be fetched: ${reason}. ` +
        'Check the network and the disk, set MODELS_URL to a mirror, or set WHISPER_MODEL to the path of a ggml file or to demo.',
      { cause: error },
    );
  }
}

async function publishedModel(
  choice: PublishedChoice,
  settings: Settings,
  hooks: ModelHooks,
  rules: FetchRules,
): Promise<ReadyModel> {
  const folder = modelsDirOf(settings);
  const label = labelOf(choice);
  const path = modelFile(folder, label);
  const isThere = () => isKept(path, { expectedSha1: rules.sha1[label], verify: hooks.verify });
  const ready: ReadyModel = { name: label, path, demo: false };
  // Before the lock: a folder with a finished model may be read-only.
  if (await isThere()) return ready;

  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  const { model } = choice;
  const original = modelFile(folder, model);
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
