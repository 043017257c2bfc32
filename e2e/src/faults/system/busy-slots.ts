import type { Program } from './program.ts';

/** How many recordings the workers say that they hear at this moment. A slot that stays busy without a job is lost. */
export async function busySlots(workers: Program[]): Promise<number> {
  const counts = await Promise.all(
    workers.map(async ({ name, plan }) => {
      const answer = await fetch(new URL('/metrics', plan.readyUrl), { signal: AbortSignal.timeout(5_000) });
      const count = /^verbatim_worker_busy_slots (\d+)$/m.exec(await answer.text())?.[1];
      if (count === undefined) throw new Error(`${name} does not say how many of its slots are busy`);
      return Number(count);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
