import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../../test_sample');

export function samplePath(name: string): string {
  return resolve(folder, name);
}

/** What is really said in a recording, one sentence after the other. */
export function trueText(name: string): string {
  const text = readFileSync(resolve(folder, `${name.replace(/\.[^.]+$/, '')}.txt`), 'utf8');
  return text.trim().split(/\s+/).join(' ');
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Word error rate: (substitutions + deletions + insertions) / words of the reference, by edit distance. */
export function wordErrorRate(reference: string, hypothesis: string): number {
  const [truth, heard] = [words(reference), words(hypothesis)];
  let row = heard.map((_, index) => index + 1);
  row.unshift(0);
  for (const [i, word] of truth.entries()) {
    const next = [i + 1];
    for (const [j, other] of heard.entries()) {
      const substitution = (row[j] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return (row.at(-1) ?? 0) / truth.length;
}
