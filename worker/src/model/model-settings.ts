import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readModelChoice } from './model-choice.ts';
import { publishedSha1 } from './published-models.ts';

/** What a program's environment says about the speech model. */
export const ModelSettings = z.object({
  /**
   * Empty: `small-q8_0`. Otherwise `demo`, the path of a ggml file, or a published model: `tiny`, `base`, `small`,
   * `medium` (each also with `.en`: English only), `large-v3-turbo`, `large-v3`; `-q8_0` behind it quantises it here.
   */
  WHISPER_MODEL: z
    .string()
    .trim()
    .default('')
    .refine((text) => readModelChoice(text) !== undefined, {
      error: `is neither a path nor one of: ${Object.keys(publishedSha1).join(', ')} (each also with -q8_0), demo`,
    }),
  /** The model that `npm start` has already found or made; used as it is. */
  WHISPER_MODEL_PATH: z.string().optional(),
  /** Where `ggml-<name>.bin` is fetched from: whisper.cpp's own collection, or a mirror of it. */
  MODELS_URL: z.url().default('https://huggingface.co/ggerganov/whisper.cpp/resolve/main'),
  /** Where fetched models are kept. Default: `verbatim/models` in the user's cache folder. */
  MODELS_DIR: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
  /** The program whisper-quantize. Default: beside WHISPER_SERVER, else on PATH. */
  WHISPER_QUANTIZE: z.string().optional(),
  WHISPER_SERVER: z.string().optional(),
  /** Set: PLATFORM=aws talks to an emulator, so this is no production and the demo model may stand in. */
  AWS_ENDPOINT_URL: z.string().optional(),
});
export type ModelSettings = z.infer<typeof ModelSettings>;

export function modelsDirOf(settings: ModelSettings): string {
  return (
    settings.MODELS_DIR ?? join(settings.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'verbatim', 'models')
  );
}

export function quantizeProgramOf(settings: ModelSettings): string {
  if (settings.WHISPER_QUANTIZE) return settings.WHISPER_QUANTIZE;
  return settings.WHISPER_SERVER
    ? join(dirname(settings.WHISPER_SERVER), 'whisper-quantize')
    : 'whisper-quantize';
}
