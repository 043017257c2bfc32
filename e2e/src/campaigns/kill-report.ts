import { createHash } from 'node:crypto';
import type { Transcript } from '@verbatim/domain';
import type { CalmRun, KilledRun } from './killed-run.ts';

export const headline =
  'run  killed while  after    done/begun/left  heard after it  done twice  back in  total  text  mails';

export function row(run: number, result: KilledRun, calm: CalmRun): string {
  const { done, begun, claimedAfter, doneTwice, backAfterSeconds, chunks } = result;
  const left = calm.chunks.length - done.length - begun.length;
  const cells: [string, number][] = [
    [String(run + 1), 3],
    [result.hitWhile, 12],
    [`${result.killedAfterSeconds.toFixed(1)} s`, 7],
    [`${done.length}/${begun.length}/${left}`, 15],
    [`${claimedAfter.length} of ${chunks.length}`, 14],
    [String(doneTwice.length), 10],
    [backAfterSeconds === null ? '-' : `${backAfterSeconds.toFixed(1)} s`, 7],
    [`${result.seconds.toFixed(0)} s`, 5],
    [isSame(result, calm) ? 'same' : 'OTHER', 4],
    [String(result.mails), 5],
  ];
  return cells.map(([text, width]) => text.padEnd(width)).join('  ');
}

export function summarise(results: KilledRun[], calm: CalmRun) {
  const count = (isOne: (result: KilledRun) => boolean) => results.filter(isOne).length;
  const sum = (of: (result: KilledRun) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    runs: results.length,
    sameTranscript: count((result) => isSame(result, calm)),
    oneMail: count(({ mails }) => mails === 1),
    firstAttempt: count(({ attempt }) => attempt === 1),
    hitWhile: {
      reading: count(({ hitWhile }) => hitWhile === 'reading'),
      transcribing: count(({ hitWhile }) => hitWhile === 'transcribing'),
      assembling: count(({ hitWhile }) => hitWhile === 'assembling'),
      done: count(({ hitWhile }) => hitWhile === 'done'),
    },
    chunks: sum(({ chunks }) => chunks.length),
    doneAtKill: sum(({ done }) => done.length),
    begunAtKill: sum(({ begun }) => begun.length),
    claims: sum(({ chunks }) => chunks.reduce((total, { claims }) => total + claims, 0)),
    doneTwice: sum(({ doneTwice }) => doneTwice.length),
    heardThrice: sum(({ chunks }) => chunks.filter(({ claims }) => claims > 2).length),
  };
}

export function sentencesOf(sums: ReturnType<typeof summarise>): string {
  const { reading, transcribing, assembling, done } = sums.hitWhile;
  return [
    `${sums.runs} kills: ${reading} while reading, ${transcribing} while transcribing, ${assembling} between the last chunk and the transcript, ${done} after the end.`,
    `The same transcript, but for its timings: ${sums.sameTranscript} of ${sums.runs}. One mail: ${sums.oneMail}. No failure counted: ${sums.firstAttempt}.`,
    `${sums.chunks} chunks, claimed ${sums.claims} times: ${sums.claims - sums.chunks} begun twice, of ${sums.begunAtKill} that were under way when the worker died.`,
    `Of ${sums.doneAtKill} chunks that were done by then, ${sums.doneTwice} were heard again.`,
  ].join('\n');
}

function isSame({ transcript }: KilledRun, calm: CalmRun): boolean {
  return digestOf(transcript) === digestOf(calm.transcript);
}

/** Of the whole transcript as json: text, times, words and confidences; not of what it took, which is never the same. */
export function digestOf(transcript: Transcript): string {
  const { timings: _, ...heard } = transcript;
  return createHash('sha256').update(JSON.stringify(heard)).digest('hex').slice(0, 12);
}
