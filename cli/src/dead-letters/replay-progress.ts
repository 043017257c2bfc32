import { createLogUpdate } from 'log-update';
import { bar, percent } from '../progress/describe.ts';
import type { Surroundings } from '../surroundings.ts';
import type { ReplayView } from './replay-all.ts';

/** A bar on a terminal: many take more than one request. Elsewhere nothing. */
export function replayProgress(stderr: Surroundings['stderr']): ReplayView & { end(): void } {
  const draw = stderr.isTTY ? createLogUpdate(stderr as NodeJS.WriteStream) : undefined;
  return {
    show(done, total) {
      const share = total > 0 ? done / total : 1;
      draw?.(`${bar(share)} ${percent(share)}, ${done} of ${total} dead letters`);
    },
    end: () => draw?.done(),
  };
}
