import { Gauge, type Registry } from 'prom-client';
import { type DiskLook, type DiskRoom, roomOn } from '../disk-room.ts';
import type { Logger } from './logger.ts';

const lookEveryMs = 30_000;

interface WatchedDisk {
  folder: string;
  /** For the log and the metric: what the folder is for. */
  name: 'data' | 'scratch';
  log: Logger;
  registry: Registry;
  /** Another way to look than `statfs`. */
  look?: DiskLook;
}

/** Tells operators how full a disk is: a metric, and a line in the log when it fills up and when there is room again. */
export class DiskWatch {
  readonly #disk: WatchedDisk;
  #state: DiskRoom['state'] = 'roomy';

  constructor(disk: WatchedDisk) {
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
    setInterval(() => void this.room(), lookEveryMs).unref();
    void this.room();
  }

  /** Null where the folder does not answer: others find that out, and say so. */
  async room(): Promise<DiskRoom | null> {
    const { folder, name, log, look } = this.#disk;
    const before = this.#state;
    const room = await roomOn(folder, before, look).catch(() => null);
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
}
