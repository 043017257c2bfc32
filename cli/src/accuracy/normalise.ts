/** A word as it is compared, with the place in the text that it comes from. */
export interface ComparedWord {
  word: string;
  /** Index in the text as it was given. */
  from: number;
}

export const normalisers = ['whisper', 'basic', 'none'] as const;
export type NormaliserName = (typeof normalisers)[number];

/** Written without spaces between words, so that letters are compared instead, as in Whisper's paper (appendix C). */
const lettersOnly = new Set(['zh', 'yue', 'ja', 'th', 'lo', 'my', 'km']);

/**
 * The words of a text, without what is a matter of taste and not of hearing. After openai/whisper, whisper/normalizers:
 * - `basic` is its BasicTextNormalizer: lower case; nothing in brackets; marks, symbols and punctuation are spaces; for
 *   languages without spaces every letter is a word.
 * - `whisper` is the same for all languages but English. English gets its EnglishTextNormalizer: fillers (hmm, uh) go,
 *   contractions and titles are written out (it's: it is, mr: mister), accents go. Three differences: digits become words
 *   ("25": "twenty five") and not words digits; British spellings stay; patterns over two words ('s been) are not known.
 * - `none` compares what stands between spaces.
 */
export function normalise(text: string, language: string, name: NormaliserName): ComparedWord[] {
  if (name === 'none') return piecesOf(text).map(({ piece, from }) => ({ word: piece, from }));
  const spoken = withoutBrackets(text);
  if (lettersOnly.has(language)) return lettersOf(spoken);
  const rules = name === 'whisper' && language === 'en' ? english : basic;
  return piecesOf(spoken).flatMap(({ piece, from }) => wordsIn(rules(piece)).map((word) => ({ word, from })));
}

/** Blanked, not cut out: places stay. */
function withoutBrackets(text: string): string {
  const blank = (found: string) => ' '.repeat(found.length);
  return text.replace(/[<[][^>\]]*[>\]]/g, blank).replace(/\([^)]+?\)/g, blank);
}

function piecesOf(text: string): { piece: string; from: number }[] {
  return Array.from(text.matchAll(/\S+/g), (match) => ({ piece: match[0], from: match.index }));
}

function wordsIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function lettersOf(text: string): ComparedWord[] {
  const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return Array.from(letters).flatMap(({ segment, index }) =>
    wordsIn(basic(segment)).map((word) => ({ word, from: index })),
  );
}

function basic(piece: string): string {
  return piece
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\p{M}\p{S}\p{P}]/gu, ' ')
    .toLowerCase();
}

const englishRules: [RegExp, string][] = [
  [/\b(hmm|mm|mhm|mmm|uh|um)\b/g, ''],
  // Irregular contractions
  [/\bwon't\b/g, 'will not'],
  [/\bcan't\b/g, 'can not'],
  [/\blet's\b/g, 'let us'],
  [/\bain't\b/g, 'aint'],
  [/\by'all\b/g, 'you all'],
  [/\bwanna\b/g, 'want to'],
  [/\bgotta\b/g, 'got to'],
  [/\bgonna\b/g, 'going to'],
  [/\bi'ma\b/g, 'i am going to'],
  [/\bimma\b/g, 'i am going to'],
  [/\bwoulda\b/g, 'would have'],
  [/\bcoulda\b/g, 'could have'],
  [/\bshoulda\b/g, 'should have'],
  [/\bma'am\b/g, 'madam'],
  // Titles
  [/\bmr\b/g, 'mister '],
  [/\bmrs\b/g, 'missus '],
  [/\bst\b/g, 'saint '],
  [/\bdr\b/g, 'doctor '],
  [/\bprof\b/g, 'professor '],
  [/\bcapt\b/g, 'captain '],
  [/\bgov\b/g, 'governor '],
  [/\bald\b/g, 'alderman '],
  [/\bgen\b/g, 'general '],
  [/\bsen\b/g, 'senator '],
  [/\brep\b/g, 'representative '],
  [/\bpres\b/g, 'president '],
  [/\brev\b/g, 'reverend '],
  [/\bhon\b/g, 'honorable '],
  [/\basst\b/g, 'assistant '],
  [/\bassoc\b/g, 'associate '],
  [/\blt\b/g, 'lieutenant '],
  [/\bcol\b/g, 'colonel '],
  [/\bjr\b/g, 'junior '],
  [/\bsr\b/g, 'senior '],
  [/\besq\b/g, 'esquire '],
  // Regular contractions
  [/n't\b/g, ' not'],
  [/'re\b/g, ' are'],
  [/'s\b/g, ' is'],
  [/'d\b/g, ' would'],
  [/'ll\b/g, ' will'],
  [/'t\b/g, ' not'],
  [/'ve\b/g, ' have'],
  [/'m\b/g, ' am'],
  // Numbers
  [/(\d),(?=\d)/g, '$1'],
  [/(\d)\.(?=\d)/g, '$1 point '],
  [/(\d)%/g, '$1 percent'],
];

/** Letters that no decomposition turns into plain ones. */
const plainLetters: Record<string, string> = {
  œ: 'oe',
  ø: 'o',
  æ: 'ae',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
};

function english(piece: string): string {
  let text = piece.toLowerCase().replace(/[’ʼ]/g, "'");
  for (const [pattern, replacement] of englishRules) text = text.replace(pattern, replacement);
  return text
    .replace(/[œøæßđðþł]/g, (letter) => plainLetters[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[\p{M}\p{S}\p{P}]/gu, ' ')
    .replace(/\b\d{1,6}\b/g, (digits) => inWords(Number(digits)));
}

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** A cardinal below a million as it is read aloud: 4,105 is "four thousand one hundred five". */
function inWords(value: number): string {
  if (value < 20) return small[value] ?? '';
  const [unit, name] = value < 100 ? [10, ''] : value < 1000 ? [100, ' hundred'] : [1000, ' thousand'];
  const head = Math.floor(value / unit);
  const rest = value % unit;
  const first = unit === 10 ? tens[head] : `${inWords(head)}${name}`;
  return rest === 0 ? `${first}` : `${first} ${inWords(rest)}`;
}
