import type { Logger } from '@verbatim/adapters';
import { JobFailure } from '@verbatim/domain';

/** The process that was to hear is gone or of no use any more; a new one may do better. */
export class EngineLost extends Error {
  readonly outOfMemory: boolean;

  constructor(message: string, options: { outOfMemory?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'EngineLost';
    this.outOfMemory = options.outOfMemory ?? false;
  }
}

/** A process that is lost at this recording gets one successor. @throws JobFailure engine.crashed | engine.out_of_memory */
export async function hearTwice<T>(hear: () => Promise<T>, log: Logger): Promise<T> {
  try {
    return await hear();
  } catch (first) {
    if (!(first instanceof EngineLost)) throw first;
    log.warn({ event: 'engine.call_repeated', how: first.message });
  }
  try {
    return await hear();
  } catch (second) {
    if (!(second instanceof EngineLost)) throw second;
    const code = second.outOfMemory ? 'engine.out_of_memory' : 'engine.crashed';
    throw new JobFailure(code, `the engine was lost twice: ${second.message}`, { cause: second });
  }
}
