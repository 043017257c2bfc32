import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { DomainError } from '@verbatim/domain';

/** There is no room for more work; what is there goes on. */
export class DiskFull extends DomainError {
  readonly code = 'disk.full';
}

export interface DiskRoom {
  /** 0 to 1, as `df` shows it. */
  usedRatio: number;
  state: 'roomy' | 'filling' | 'full';
}

/** What `statfs` tells of the disk under a folder. */
export type DiskLook = (folder: string) => Promise<Pick<StatsFs, 'blocks' | 'bfree' | 'bavail' | 'bsize'>>;

/** Worth a look from an operator; said once, and again only after it was below the second. */
const fillingAt = 0.8;
const roomyBelow = 0.75;
/** What is left for those who have begun: nothing new is taken below it. */
const mostReserveBytes = 64 * 1024 * 1024;
const reserveShare = 0.02;

/** How much of the disk under `folder` is used. Less than the reserve is full. */
export async function roomOn(
  folder: string,
  before: DiskRoom['state'] = 'roomy',
  look: DiskLook = statfs,
): Promise<DiskRoom> {
  const { blocks, bfree, bavail, bsize } = await look(folder);
  const used = blocks - bfree;
  const usedRatio = used + bavail === 0 ? 1 : used / (used + bavail);
  const reserve = Math.min(mostReserveBytes, blocks * bsize * reserveShare);
  if (bavail * bsize < reserve) return { usedRatio, state: 'full' };
  const stillFilling = before !== 'roomy' && usedRatio >= roomyBelow;
  return { usedRatio, state: usedRatio >= fillingAt || stillFilling ? 'filling' : 'roomy' };
}
