import { createLogUpdate } from 'log-update';
import { bar, clock, percent } from '../progress/describe.ts';
import type { Surroundings } from '../surroundings.ts';
import type { MeasuredFiles } from './measure-files.ts';
import { errorRateOf } from './summarise.ts';

export interface MeasuringProgress {
  show(done: MeasuredFiles): void;
  end(): void;
}

const linesInAll = 10;

/** How many recordings are done and how well they were heard so far: a bar on a terminal, else ten lines. */
export function measuringProgress(total: number, stderr: Surroundings['stderr']): MeasuringProgress {
  const startedMs = performance.now();
  const draw = stderr.isTTY ? createLogUpdate(stderr as NodeJS.WriteStream) : undefined;
  let shownStep = 0;

  return {
    show(results) {
      const done = results.measured.length + results.failed.length;
      const step = Math.floor((linesInAll * done) / total);
      if (!draw && step === shownStep) return;
      shownStep = step;
      const wer = errorRateOf(results.measured);
      const left = ((performance.now() - startedMs) / 1000 / done) * (total - done);
      const facts = [
        `${percent(done / total)}, ${done} of ${total} recordings`,
        ...(wer === null ? [] : [`WER ${(100 * wer).toFixed(1)} % so far`]),
        ...(done < total ? [`about ${clock(left)} left`] : []),
      ].join(', ');
      if (draw) draw(`${bar(done / total)} ${facts}`);
      else stderr.write(`${facts}\n`);
    },
    end: () => draw?.done(),
  };
}
