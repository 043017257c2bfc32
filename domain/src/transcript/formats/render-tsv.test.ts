import { expect, it } from 'vitest';
import { aTranscript } from '../../testing/builders.ts';
import { renderTsv } from './render-tsv.ts';

const talk = aTranscript([
  { start: 0, end: 1.2345, text: 'Yes,\tI agree.' },
  { start: 3661.99, end: 3663, text: 'Two\nlines.' },
]);

it('writes milliseconds and one row a segment, as Whisper does', () => {
  expect(renderTsv(talk)).toBe('start\tend\ttext\n0\t1235\tYes, I agree.\n3661990\t3663000\tTwo lines.\n');
});

it('has a column for speakers where there are any', () => {
  const segments = talk.segments.map((segment, index) => ({
    ...segment,
    speaker: index === 0 ? '=Ana' : null,
  }));
  expect(
    renderTsv({ ...talk, segments })
      .split('\n')
      .slice(0, 3),
  ).toEqual(['start\tend\ttext\tspeaker', "0\t1235\tYes, I agree.\t'=Ana", '3661990\t3663000\tTwo lines.\t']);
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '"=1', '\t=1', '\r\n=1', '\0=1', '＝1', '=HYPERLINK("http://x")'])(
  'never lets a spreadsheet take text for a formula: %j',
  (text) => {
    const [, row] = renderTsv(aTranscript([{ start: 0, end: 1, text }])).split('\n');
    expect(row?.split('\t')).toHaveLength(3);
    expect(row?.split('\t')[2]).toMatch(/^'[^\t\r\n\0]+$/);
  },
);
