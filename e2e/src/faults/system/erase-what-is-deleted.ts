import { setTimeout as sleep } from 'node:timers/promises';
import { preload } from './preload.ts';
import { Program } from './program.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** After the forms of all uploads have ended, and the hour that a job without its file is given. */
const laterMs = 3 * 60 * 60_000;
const patienceMs = 60_000;

/**
 * What only time brings: tombstones go, and jobs whose file never came expire. A notifier that thinks it is three hours
 * later does it now. False where that can't be: on `aws` the servers say what time it is.
 */
export async function eraseWhatIsDeleted(system: SystemUnderTest): Promise<boolean> {
  const [notifier] = system.programsOfKind('notifier');
  if (system.platform.name !== 'local' || !notifier) return false;
  const late = new Program({
    ...notifier.plan,
    name: 'notifier-later',
    preloads: [preload('shift-clock.ts', { ms: laterMs })],
    env: { ...notifier.plan.env, RECONCILE_MS: '100' },
  });
  late.start();
  try {
    const end = Date.now() + patienceMs;
    while ((await system.platform.unfinished()).waitingForTime > 0 && Date.now() < end) await sleep(200);
    return true;
  } finally {
    await late.stop();
  }
}
