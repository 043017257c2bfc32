import { plainText } from '../plain-text.ts';
import type { Transcript } from '../transcript.ts';

/**
 * As openai/whisper writes it (whisper/utils.py, WriteTSV): milliseconds, one row a segment, nothing quoted. Where there are
 * speakers, a fourth column names them.
 */
export function renderTsv({ segments }: Transcript): string {
  const withSpeakers = segments.some(({ speaker }) => speaker !== null);
  // One that was emptied by a correction says nothing.
  const spoken = segments.filter(({ text }) => text !== '');
  const rows = spoken.map(({ start, end, text, speaker }) => {
    const cells = [String(toMs(start)), String(toMs(end)), cell(text)];
    if (withSpeakers) cells.push(cell(speaker ?? ''));
    return `${cells.join('\t')}\n`;
  });
  return `start\tend\ttext${withSpeakers ? '\tspeaker' : ''}\n${rows.join('')}`;
}

/**
 * Spreadsheets run what begins like a formula (OWASP, "CSV Injection"), and read on to the next quote, over tabs and lines, where
 * a cell begins with one. An apostrophe in front makes both plain text.
 */
function cell(text: string): string {
  const plain = plainText(text);
  return /^[=+\-@"＝＋－＠]/.test(plain) ? `'${plain}` : plain;
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
