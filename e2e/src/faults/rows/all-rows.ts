import type { Row } from './row.ts';
import { healthy } from './row-00-healthy.ts';
import { killEverythingInTurn } from './row-01-kill-everything-in-turn.ts';
import { killApi } from './row-02-kill-api.ts';
import { killNotifier } from './row-03-kill-notifier.ts';
import { killReconcilers } from './row-04-kill-reconcilers.ts';
import { terminateWorkers } from './row-06-terminate-workers.ts';
import { freezeAWorker } from './row-08-freeze-workers.ts';
import { slowLines } from './row-22-slow-lines.ts';
import { tablePartition } from './row-23-table-partition.ts';
import { truncatedObjects } from './row-24-truncated-objects.ts';
import { failingDeletes } from './row-25-failing-deletes.ts';
import { throttledTable } from './row-27-throttled-table.ts';
import { mailServerDown } from './row-29-mail-server-down.ts';
import { wrongClocks } from './row-32-wrong-clocks.ts';
import { powerCut } from './row-33-power-cut.ts';
import { tenThousandJobs } from './row-36-ten-thousand-jobs.ts';
import { backlog } from './row-37-backlog.ts';

/** Every row of the matrix that is a campaign. */
export const allRows: readonly Row[] = [
  healthy,
  killEverythingInTurn,
  killApi,
  killNotifier,
  killReconcilers,
  terminateWorkers,
  freezeAWorker,
  slowLines,
  tablePartition,
  truncatedObjects,
  failingDeletes,
  throttledTable,
  mailServerDown,
  wrongClocks,
  powerCut,
  tenThousandJobs,
  backlog,
];
