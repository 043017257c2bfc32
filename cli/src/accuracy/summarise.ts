import { errorRate } from '@verbatim/domain';
import type { MeasuredFile } from './measure-files.ts';

/** Many recordings taken as one: every word counts the same, however long its recording is. */
export interface Summary {
  files: number;
  words: number;
  hits: number;
  substitutions: number;
  deletions: number;
  insertions: number;
  /** Null where nothing is said. */
  wer: number | null;
  /** 95 %, by drawing the recordings anew 1,000 times (Bisani and Ney, 2004); null with fewer than two. */
  werInterval: [number, number] | null;
  cer: number | null;
  audioSeconds: number;
  /** From a worker's start on a recording to its end, added up. */
  processingSeconds: number;
  /** Processing by audio: 0.1 is ten times as fast as speech. Null without audio. */
  realTimeFactor: number | null;
}

export function summarise(files: MeasuredFile[]): Summary {
  const edits = allEdits(files);
  const characters = sum(files, (file) => file.characters);
  const audioSeconds = sum(files, (file) => file.audioSeconds);
  const processingSeconds = sum(files, (file) => file.processingSeconds);
  return {
    files: files.length,
    words: sum(files, ({ words }) => words),
    ...edits,
    wer: errorRate(edits),
    werInterval: bootstrapInterval(files),
    cer: characters === 0 ? null : sum(files, (file) => file.characterEdits) / characters,
    audioSeconds,
    processingSeconds,
    realTimeFactor: audioSeconds === 0 ? null : processingSeconds / audioSeconds,
  };
}

/** Over all recordings; null where nothing is said. */
export function errorRateOf(files: MeasuredFile[]): number | null {
  return errorRate(allEdits(files));
}

function allEdits(files: MeasuredFile[]) {
  return {
    hits: sum(files, ({ hits }) => hits),
    substitutions: sum(files, ({ substitutions }) => substitutions),
    deletions: sum(files, ({ deletions }) => deletions),
    insertions: sum(files, ({ insertions }) => insertions),
  };
}

function sum(files: MeasuredFile[], of: (file: MeasuredFile) => number): number {
  return files.reduce((total, file) => total + of(file), 0);
}

const draws = 1_000;

function bootstrapInterval(files: MeasuredFile[]): [number, number] | null {
  if (files.length < 2) return null;
  const counts = files.map((file) => ({
    words: file.words,
    errors: file.substitutions + file.deletions + file.insertions,
  }));
  const random = repeatableRandom();
  const rates: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    let words = 0;
    let errors = 0;
    for (let i = 0; i < counts.length; i++) {
      const drawn = counts[Math.floor(random() * counts.length)];
      words += drawn?.words ?? 0;
      errors += drawn?.errors ?? 0;
    }
    if (words > 0) rates.push(errors / words);
  }
  if (rates.length === 0) return null;
  rates.sort((a, b) => a - b);
  const at = (share: number) => rates[Math.round(share * (rates.length - 1))] ?? 0;
  return [at(0.025), at(0.975)];
}

/** The same data gives the same interval. Mulberry32, by Tommy Ettinger. */
function repeatableRandom(): () => number {
  let state = 20_240_501;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
