import { expect, it } from 'vitest';
import { displayWidth } from './display-width.ts';

it.each([
  ['', 0],
  ['plain', 5],
  ['naïve “quotes” — …', 18],
  ['e\u0301', 1],
  ['Привет', 6],
  ['مرحبا', 5],
  ['漢字かな', 8],
  ['한국어', 6],
  ['ＡＢ', 4],
  ['👍🏽', 2],
  ['👩‍👩‍👧‍👦', 2],
  ['🇪🇸', 2],
])('measures %j as %i columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});
