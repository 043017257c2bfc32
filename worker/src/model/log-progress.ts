import type { Logger } from '@verbatim/adapters';
import type { ModelProgress } from './ensure-model.ts';

/** For a worker that fetches its model itself: a line when something else begins, and one for each ten percent. */
export function logProgress(log: Logger): (progress: ModelProgress) => void {
  let logged = '';
  return ({ model, phase, bytesDone = 0, bytesTotal }) => {
    const percent = bytesTotal ? Math.floor((10 * bytesDone) / bytesTotal) * 10 : undefined;
    const current = `${phase} ${percent}`;
    if (current === logged) return;
    logged = current;
    log.info({ event: `model.${phase}`, model, percent });
  };
}
