import type { Stage } from '../rows/row.ts';
import type { ProgramKind } from '../system/program.ts';
import { pause } from './pauses.ts';

/** A program that is harmed as soon as it is up, each time, does nothing that could go wrong. */
const leastUpMs = 1_500;

/**
 * Every so often one program of each kind, picked at random among those that are up, gets the signal, each at a moment of
 * its own. A kind of which none is up is left alone until its next turn.
 */
export async function signalInTurn(
  kinds: readonly ProgramKind[],
  { signal, everyMs }: { signal: NodeJS.Signals; everyMs: number },
  stage: Stage,
): Promise<void> {
  await Promise.all(
    kinds.map(async (kind) => {
      const random = stage.random.stream(kind);
      while (await pause(everyMs * random.between(0.75, 1.25), stage.over)) {
        const up = stage.system.programsOfKind(kind).filter(({ upForMs }) => upForMs >= leastUpMs);
        if (up.length === 0) continue;
        const victim = random.pick(up);
        stage.note(nameOf(signal), victim.name, victim.life?.pid);
        victim.signal(signal);
      }
    }),
  );
}

/** Stops a random worker in the middle of what it does, and lets it go on when its lease is long over. */
export async function freezeWorkers(
  { forMs, everyMs }: { forMs: number; everyMs: number },
  stage: Stage,
): Promise<void> {
  while (await pause(everyMs, stage.over)) {
    const up = stage.system.programsOfKind('worker').filter(({ upForMs }) => upForMs >= leastUpMs);
    if (up.length === 0) continue;
    const victim = stage.random.pick(up);
    stage.note('freeze', victim.name, victim.life?.pid);
    victim.signal('SIGSTOP');
    await pause(forMs, stage.over);
    victim.signal('SIGCONT');
  }
}

function nameOf(signal: NodeJS.Signals): string {
  return signal === 'SIGKILL' ? 'kill -9' : signal;
}
