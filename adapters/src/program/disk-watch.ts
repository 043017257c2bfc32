import { statfs } from 'node:fs/promises';
import { DomainError } from '@verbatim/domain';
import { Gauge, type Registry } from 'prom-client';
import type { Logger } from './logger.ts';

/** There is no room for more work; what is there goes on. */
export class DiskFull extends DomainError {
  readonly code = 'disk.full';
}

export interface DiskRoom {
  /** 0 to 1, as `df` shows it. */
  usedRatio: number;
  state: 'roomy' | 'filling' | 'full';
}

/** Worth a look from an operator; said once, and again only after it was below the second. */
const fillingAt = 0.8;
const roomyBelow = 0.75;
/** What is left for those who have begun: nothing new is taken below it. */
const mostReserveBytes = 64 * 1024 * 1024;
const reserveShare = 0.02;
const lookEveryMs = 30_000;

/** How much of the disk under `folder` is used. Less than the reserve is full. */
export async function roomOn(folder: string, before: DiskRoom['state'] = 'roomy'): Promise<DiskRoom> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder);
  const used = blocks - bfree;
  const usedRatio = used + bavail === 0 ? 1 : used / (used + bavail);
  const reserve = Math.min(mostReserveBytes, blocks * bsize * reserveShare);
  if (bavail * bsize < reserve) return { usedRatio, state: 'full' };
  const stillFilling = before !== 'roomy' && usedRatio >= roomyBelow;
  return { usedRatio, state: usedRatio >= fillingAt || stillFilling ? 'filling' : 'roomy' };
}

interface WatchedDisk {
  folder: string;
  /** For the log and the metric: what the folder is for. */
  name: 'data' | 'scratch';
  log: Logger;
  registry: Registry;
}

/** Tells operators how full a disk is: a metric, and a line in the log when it fills up and when there is room again. */
export class DiskWatch {
  readonly #disk: WatchedDisk;
  readonly #timer: NodeJS.Timeout;
  #state: DiskRoom['state'] = 'roomy';

  constructor(disk: WatchedDisk, everyMs = lookEveryMs) {
    this.#disk = disk;
    const labels = { disk: disk.name };
    const gauge = new Gauge({
      name: 'verbatim_disk_used_ratio',
      help: 'How full the disk is, 0 to 1: under the data (local platform), under the scratch space of a worker.',
      labelNames: ['disk'],
      registers: [disk.registry],
      collect: async () => {
        const room = await this.room();
        if (room) gauge.set(labels, room.usedRatio);
        else gauge.remove(labels);
      },
    });
    this.#timer = setInterval(() => void this.room(), everyMs);
    this.#timer.unref();
    void this.room();
  }

  /** Null where the folder does not answer: others find that out, and say so. */
  async room(): Promise<DiskRoom | null> {
    const { folder, name, log } = this.#disk;
    const before = this.#state;
    const room = await roomOn(folder, before).catch(() => null);
    // Somebody else may have looked meanwhile, and said it.
    if (!room || room.state === before || this.#state !== before) return room;
    this.#state = room.state;
    const facts = { event: `disk.${room.state}`, disk: name, usedPercent: Math.round(100 * room.usedRatio) };
    if (room.state === 'full') log.error(facts, 'nothing new is taken until there is room');
    else if (room.state === 'filling') log.warn(facts, 'the disk is filling up');
    else log.info(facts);
    return room;
  }

  async isFull(): Promise<boolean> {
    return (await this.room())?.state === 'full';
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
