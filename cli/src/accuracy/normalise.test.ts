import { describe, expect, it } from 'vitest';
import { type NormaliserName, normalise } from './normalise.ts';

const words = (text: string, language = 'en', name: NormaliserName = 'whisper') =>
  normalise(text, language, name)
    .map(({ word }) => word)
    .join(' ');

describe('the normaliser', () => {
  // The examples of openai/whisper's own tests/test_normalizer.py that our rules cover
  it.each([
    ["Let's", 'let us'],
    ["he's like", 'he is like'],
    ["I don't know, she can't; they won't.", 'i do not know she can not they will not'],
    ['Mr. Park visited Dr. Kim', 'mister park visited doctor kim'],
    ["we'll go, you're late, I've seen, I'm", 'we will go you are late i have seen i am'],
    ['um, hmm, well, uh', 'well'],
    ['Résumé, café — Ærø', 'resume cafe aero'],
    ['well-known', 'well known'],
    ['[music] Hello (laughs quietly) there <unk>', 'hello there'],
    ['It’s 25', 'it is twenty five'],
    [
      '1,234 people, 3.5 %, 50%, 10',
      'one thousand two hundred thirty four people three point five fifty percent ten',
    ],
    ['100000 and 0', 'one hundred thousand and zero'],
    ['', ''],
  ])('turns "%s" into "%s" in English', (text, expected) => {
    expect(words(text)).toBe(expected);
  });

  it.each([
    ['es', '¿Qué tal, señor? ¡Muy bien!', 'qué tal señor muy bien'],
    ['de', 'Der Straßenname (25) ist „Öffnung“.', 'der straßenname ist öffnung'],
    ['zh', '你好，世界。', '你 好 世 界'],
    ['ja', 'これは、ペンです。', 'こ れ は ペ ン で す'],
  ])('keeps letters and digits of other languages (%s)', (language, text, expected) => {
    expect(words(text, language)).toBe(expected);
  });

  it('leaves contractions and digits alone where asked for the basic rules', () => {
    expect(words("It's 25, Mr. X", 'en', 'basic')).toBe('it s 25 mr x');
  });

  it('changes nothing where asked for none', () => {
    expect(words("It's  [sic] 25.", 'en', 'none')).toBe("It's [sic] 25.");
  });

  it('knows where each word came from', () => {
    const text = "(hm) It's late.";
    expect(normalise(text, 'en', 'whisper').map(({ from }) => text.slice(from, from + 4))).toEqual([
      "It's",
      "It's",
      'late',
    ]);
  });
});
