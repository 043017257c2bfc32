/** On one line and without control characters: what every format can hold. Quotes, tags and other scripts stay. */
export function plainText(text: string): string {
  return text
    .replace(/[^\P{Cc}\s\u0085]/gu, '')
    .replace(/[\s\u0085]+/g, ' ')
    .trim();
}

/** Inside of brackets of a regular expression with the flag u. */
export const unspacedScripts =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u3000-\\u303f\\uff00-\\uff60';
const unspaced = new RegExp(`[${unspacedScripts}]`, 'u');
const endsUnspaced = new RegExp(`[${unspacedScripts}]$`, 'u');
const beginsUnspaced = new RegExp(`^[${unspacedScripts}]`, 'u');

/** Written in a script that puts no spaces between words, at least in part. */
export function isUnspaced(text: string): boolean {
  return unspaced.test(text);
}

/** Where neither the end of one nor the beginning of the other is of a script with spaces, none goes between. */
export function joinsWithoutSpace(before: string, after: string): boolean {
  return endsUnspaced.test(before.slice(-2)) && beginsUnspaced.test(after);
}

/** Sentences one after the other. */
export function joinSentences(sentences: string[]): string {
  return sentences
    .map((sentence, index) => {
      const before = sentences[index - 1];
      return before === undefined || joinsWithoutSpace(before, sentence) ? sentence : ` ${sentence}`;
    })
    .join('');
}
