export interface DetectedLanguage {
  language: string;
  /** 0 to 1; null where the engine did not tell. */
  probability: number | null;
}

/**
 * What whisper.cpp says in its log where it was asked for `auto` (whisper.cpp, whisper_full_with_state), before it begins
 * to hear; null: another line. whisper-server could put it into its answer, but would listen a second time for that.
 */
export function readDetectedLanguage(line: string): DetectedLanguage | null {
  const [, language, told] = /auto-detected language: (\w+) \(p = ([^)]+)\)/.exec(line) ?? [];
  if (language === undefined) return null;
  const probability = Number(told);
  return { language, probability: Number.isFinite(probability) ? Math.min(1, probability) : null };
}
