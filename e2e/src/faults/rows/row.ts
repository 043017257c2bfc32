import type { Random } from '../random.ts';
import type { PlatformName } from '../system/platform.ts';
import type { ProgramKind } from '../system/program.ts';
import type { SystemUnderTest } from '../system/system-under-test.ts';

/** One thing that was done to the system. */
export interface Fault {
  at: number;
  /** `kill -9`, `partition` */
  what: string;
  /** `worker-1`, `dynamodb` */
  target: string;
  pid?: number;
}

/** Where a row does its harm. */
export interface Stage {
  system: SystemUnderTest;
  random: Random;
  /** Aborts when it has been enough: then everything is mended, and `inject` returns. */
  over: AbortSignal;
  /** Ctrl-C: `over` aborts with it; for faults that last their time even when it has been enough. */
  stop: AbortSignal;
  note(what: string, target: string, pid?: number): void;
}

/** What a row saw beside the invariants. */
export interface Findings {
  measures: Record<string, number | string>;
  /** What was measured and should not be so. */
  faults: string[];
}

/** A row of the matrix (`docs/reliability.md`) as a campaign. */
export interface Row {
  number: number;
  /** In a few words. */
  fault: string;
  /** What must hold beside the invariants, which always must. */
  outcome: string;
  platforms: readonly PlatformName[];
  instances?: Partial<Record<ProgramKind, number>>;
  environment?: Record<string, string>;
  /** By the kind of program or its name. */
  preloads?: Record<string, string[]>;
  /** Only watches. Any other row that did nothing before it was over has shown nothing. */
  harmless?: true;
  /** Harms the system until `over`; what it froze or cut, it mends before it returns. */
  inject(stage: Stage): Promise<Findings | undefined>;
}
