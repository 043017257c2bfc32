import { type TranscriptFormat, transcriptFormats } from '@verbatim/domain';
import { InvalidArgumentError } from 'commander';

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return value;
}

export function transcriptFormatList(text: string): TranscriptFormat[] {
  const names = [...new Set(text.split(',').map((name) => name.trim().toLowerCase()))];
  const unknown = names.find((name) => !isFormat(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There are ${transcriptFormats.join(', ')}.`);
  return names.filter(isFormat);
}

function isFormat(name: string): name is TranscriptFormat {
  return (transcriptFormats as string[]).includes(name);
}
