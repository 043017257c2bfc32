import type { Spent } from './ratios.ts';

export interface Recording {
  /** 16 kHz mono 16-bit, as both sides take it. */
  wavPath: string;
  durationSeconds: number;
}

export interface Heard extends Spent {
  text: string;
}

/** A way to have a recording heard, and what that costs. Only one of a process may be at work at a time. */
export interface Listener {
  readonly name: string;
  hear(recording: Recording): Promise<Heard>;
}

/** Runs of white space are one space: both sides break lines where they like. */
export function plainText(parts: readonly string[]): string {
  return parts.join(' ').trim().split(/\s+/).join(' ');
}
