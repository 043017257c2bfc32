import { availableParallelism, totalmem } from 'node:os';

export interface Machine {
  /** That this process may use, whatever else the machine has. */
  cores: number;
  memoryBytes: number;
}

export interface SlotPlan {
  /** Transcriptions at the same time. */
  slots: number;
  /** Of each of them. */
  threads: number;
}

/** For the worker itself, ffmpeg and the file cache. */
const reservedBytes = 512 * 1024 ** 2;
/** More threads on one recording bring little. */
const mostThreads = 4;

/** Within the limits of a container: Node looks at the cores' quota, here the memory's is added. */
export function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  const memoryBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { cores: availableParallelism(), memoryBytes };
}

/**
 * Slots x threads never exceeds the cores, and each slot's copy of the model fits into memory. One thread a slot does the
 * most work per core; where there are many cores, or memory for few slots only, threads shorten the wait for each job.
 * What `wanted` names is taken as it is.
 */
export function planSlots(machine: Machine, modelBytes: number, wanted: Partial<SlotPlan> = {}): SlotPlan {
  const { cores } = machine;
  const threadsAtLeast = wanted.threads ?? (cores <= 4 ? 1 : 2);
  const slotsInMemory = Math.floor((machine.memoryBytes - reservedBytes) / slotBytes(modelBytes));
  const slots = wanted.slots ?? Math.max(1, Math.min(Math.floor(cores / threadsAtLeast), slotsInMemory));
  const threads = wanted.threads ?? Math.max(1, Math.min(mostThreads, Math.floor(cores / slots)));
  return { slots, threads };
}

/** whisper.cpp's published needs, q8_0 and f16, tiny to large, all lie below this line. */
function slotBytes(modelBytes: number): number {
  return 2 * modelBytes + 256 * 1024 ** 2;
}
