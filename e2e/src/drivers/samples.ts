import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

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

/** What is said on one channel of a stereo recording. */
export function trueSentences(name: string, channel: number): string {
  const { segments } = JSON.parse(
    readFileSync(resolve(folder, `${name.replace(/\.[^.]+$/, '')}.json`), 'utf8'),
  ) as { segments: { channel: number; text: string }[] };
  const ofChannel = segments.filter((segment) => segment.channel === channel);
  return ofChannel.map(({ text }) => text).join(' ');
}
