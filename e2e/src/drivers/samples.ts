import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export { wordErrorRate } from '@verbatim/domain';

const folder = resolve(import.meta.dirname, '../../../test_sample');

export function samplePath(name: string): string {
  return resolve(folder, name);
}

/** What is really said in a recording, one sentence after the other. */
export function trueText(name: string): string {
  const text = readFileSync(resolve(folder, `${name.replace(/\.[^.]+$/, '')}.txt`), 'utf8');
  return text.trim().split(/\s+/).join(' ');
}

/** One sentence, with its place in seconds from the start. */
export interface TrueSegment {
  start: number;
  end: number;
  text: string;
  /** Of a stereo recording. */
  channel?: number;
}

export function trueSegments(name: string): TrueSegment[] {
  const times = readFileSync(resolve(folder, `${name.replace(/\.[^.]+$/, '')}.json`), 'utf8');
  return (JSON.parse(times) as { segments: TrueSegment[] }).segments;
}

/** The first `minutes` of a recording, to the end of their last sentence, in a file of their own. */
export function beginningOf(name: string, minutes: number, intoFolder: string) {
  const segments = trueSegments(name).filter(({ end }) => end <= 60 * minutes);
  const seconds = Math.min(60 * minutes, (segments.at(-1)?.end ?? 0) + 0.2);
  const path = join(intoFolder, `${minutes}-minutes.mp3`);
  ffmpeg('-i', samplePath(name), '-t', String(seconds), '-c', 'copy', '-y', path);
  return { path, seconds, truth: segments.map(({ text }) => text).join(' ') };
}

export function ffmpeg(...args: string[]): void {
  execFileSync(process.env['FFMPEG_PATH'] ?? 'ffmpeg', ['-nostdin', '-v', 'error', ...args]);
}

/** What is said on one channel of a stereo recording. */
export function trueSentences(name: string, channel: number): string {
  const ofChannel = trueSegments(name).filter((segment) => segment.channel === channel);
  return ofChannel.map(({ text }) => text).join(' ');
}
