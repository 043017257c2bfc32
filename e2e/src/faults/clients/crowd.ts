import type { JobPlan } from './job-plan.ts';
import { type Journey, type Traveller, travel } from './journey.ts';

/** Lets so many clients at once make their jobs, one after the other. Resolves when the last one has come to its end. */
export async function sendCrowd(
  plans: readonly JobPlan[],
  { clients, onEnd, ...by }: Traveller & { clients: number; onEnd: (journey: Journey) => void },
): Promise<Journey[]> {
  const journeys: Journey[] = [];
  const waiting = [...plans];
  async function client(): Promise<void> {
    for (let plan = waiting.shift(); plan && !by.until.aborted; plan = waiting.shift()) {
      const journey = await travel(plan, by);
      journeys.push(journey);
      onEnd(journey);
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return journeys;
}
