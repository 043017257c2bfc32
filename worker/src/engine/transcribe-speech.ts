import { isLanguageCode, JobFailure, type TranscriptionOptions } from '@verbatim/domain';
import type { DetectedLanguage } from './answer/detected-language.ts';
import { readSegments } from './answer/read-segments.ts';
import type { AnswerSegment } from './answer/whisper-answer.ts';
import { countPromptTokens } from './count-prompt-tokens.ts';
import type { FindSpeech } from './speech/find-speech.ts';
import { fromFirstSpeech, type Stretch, sampleOfVoice } from './speech/stretch.ts';
import type { EngineInput, EngineResult } from './transcription-engine.ts';
import type { WhisperModel } from './whisper-model.ts';

/** What whisper.cpp is asked, with everything decided. */
export interface HearingRequest {
  wavPath: string;
  /** How much of the recording is done by then: progress counts from there, the times of the answer from the file's start. */
  startSeconds: number;
  durationSeconds: number;
  /** Null: it shall find out. */
  language: string | null;
  translate: boolean;
  quality: TranscriptionOptions['quality'];
  /** With how many tokens whisper.cpp makes of it. */
  prompt: { text: string; tokens: number } | null;
  attempt: number;
}

export interface Heard {
  segments: AnswerSegment[];
  /** Null where the language was given. */
  detected: DetectedLanguage | null;
  cpuSeconds: number | null;
}

/**
 * What all engines of whisper.cpp do around their hearing: check what was asked, spare them what is not speech, and make
 * their answer one that people may have.
 * @throws JobFailure engine.refused, what `hear` throws, or the signal's reason
 */
export async function transcribeSpeech(
  input: EngineInput,
  signal: AbortSignal,
  engine: { model: WhisperModel; findSpeech: FindSpeech; hear(request: HearingRequest): Promise<Heard> },
): Promise<EngineResult> {
  const language = languageToForce(input.language, engine.model);
  signal.throwIfAborted();
  const speech = await engine.findSpeech(input, signal);
  const { silenceShare } = speech;
  if (speech.isEmpty) {
    // Not asked, it spends nothing: a silent piece must not hide what the others took.
    const nothing = { segments: [], cpuSeconds: 0 };
    return { language: language ?? 'und', languageProbability: null, silenceShare, ...nothing };
  }

  const { durationSeconds, quality = 'balanced', attempt = 1 } = input;
  const translate = input.task === 'translate';
  const prompt = await promptFor(input, engine.model);
  await using stretch = await fromFirstSpeech(input, speech, signal);
  const { startSeconds } = stretch;
  const how = { translate, quality, prompt, attempt };
  const fast = { ...how, quality: 'fast' as const, prompt: null };
  await using sample = language === null ? await sampleOfVoice(stretch, speech, signal) : null;
  const first = sample && (await engine.hear({ ...fast, ...audioOf(sample), startSeconds: 0, language }));
  const found = first?.detected ?? null;
  const heard = await engine.hear({
    ...how,
    ...audioOf(stretch),
    startSeconds,
    language: language ?? found?.language ?? null,
  });
  const spoken = language === null ? (found ?? heard.detected) : { language, probability: null };
  if (!spoken) throw new JobFailure('engine.refused', 'the engine named no language');

  const textLanguage = translate ? 'en' : spoken.language;
  const segments = heard.segments.map((segment) => shifted(segment, startSeconds));
  const read = readSegments(segments, { durationSeconds, textLanguage });
  const said = read.segments.filter((segment) => speech.touches(segment));
  // What it takes noise for is no language that anybody spoke.
  const isGuess = said.length === 0 && language === null;
  return {
    language: isGuess ? 'und' : spoken.language,
    languageProbability: isGuess ? null : spoken.probability,
    segments: said,
    repetitionsCollapsed: read.repetitionsCollapsed,
    silenceShare,
    ...(heard.cpuSeconds === null
      ? {}
      : { cpuSeconds: Number((heard.cpuSeconds + (first?.cpuSeconds ?? 0)).toFixed(2)) }),
  };
}

function audioOf({ wavPath, durationSeconds }: Stretch) {
  return { wavPath, durationSeconds };
}

/** What whisper.cpp says of its progress, as seconds of the whole recording. */
export function secondsDone(percent: number, { startSeconds, durationSeconds }: HearingRequest): number {
  return startSeconds + (durationSeconds * Math.min(percent, 100)) / 100;
}

function shifted({ words, ...segment }: AnswerSegment, bySeconds: number): AnswerSegment {
  const moved = <T extends { start: number; end: number }>(timed: T): T => ({
    ...timed,
    start: timed.start + bySeconds,
    end: timed.end + bySeconds,
  });
  return { ...moved(segment), words: words.map(moved) };
}

/** An unknown language would be accepted by whisper-server, and then ignored. */
function languageToForce(asked: string | null, { englishOnly }: WhisperModel): string | null {
  if (asked !== null && !isLanguageCode(asked)) {
    throw new JobFailure('engine.refused', 'not a language that Whisper knows');
  }
  if (!englishOnly) return asked;
  if (asked === null || asked === 'en') return 'en';
  throw new JobFailure('engine.refused', 'this model knows English only');
}

async function promptFor({ prompt }: EngineInput, model: WhisperModel): Promise<HearingRequest['prompt']> {
  const words = prompt?.trim() ?? '';
  if (words === '' || model.demo) return null;
  // Words in the middle of a text begin with a space, and models have learnt them so.
  const text = ` ${words}`;
  return { text, tokens: await countPromptTokens(model.path, text) };
}
