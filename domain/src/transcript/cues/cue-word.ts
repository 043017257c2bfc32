/** What is laid out as one: a word with its punctuation; where a script has no spaces, what must not be broken. */
export interface CueWord {
  text: string;
  /** Whether a space stands before it, where it does not begin a line. */
  spaced: boolean;
  /** In columns. At most `lineWidth`. */
  width: number;
  /** Seconds from the start of the audio. */
  start: number;
  end: number;
  /** Not spoken: `Name:` before the first words of a speaker. */
  isLabel?: true;
}

/**
 * Columns in a line. Netflix, Timed Text Style Guide: 42 characters and two lines. For scripts of wide characters that is 21
 * of them; Netflix has 16 to 23 there, by language.
 */
export const lineWidth = 42;

export function lineText(line: CueWord[]): string {
  let text = '';
  for (const [index, word] of line.entries()) text += index > 0 && word.spaced ? ` ${word.text}` : word.text;
  return text;
}
