import type { BackupProgress } from '@verbatim/adapters/backup';
import { createLogUpdate } from 'log-update';
import { bar, percent, size } from '../progress/describe.ts';
import type { Surroundings } from '../surroundings.ts';

const redrawMs = 100;

/** A bar on a terminal; elsewhere nothing until the end. */
export function backupProgress(stderr: Surroundings['stderr']): {
  show(progress: BackupProgress): void;
  end(): void;
} {
  const draw = stderr.isTTY ? createLogUpdate(stderr as NodeJS.WriteStream) : undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show({ step, bytesDone, bytesTotal }) {
      if (!draw || performance.now() - drawnAt < redrawMs) return;
      drawnAt = performance.now();
      const share = bytesTotal === 0 ? 1 : Math.min(1, bytesDone / bytesTotal);
      draw(`${bar(share)} ${step} ${percent(share)}, ${size(bytesDone)} of ${size(bytesTotal)}`);
    },
    end() {
      draw?.clear();
      draw?.done();
    },
  };
}
