import { describe, expect, it } from 'vitest';
import { planSlots, thisMachine } from './plan-slots.ts';

const gigabyte = 1024 ** 3;
const small = 264 * 1024 ** 2;
const large = 1.66 * gigabyte;

describe('planSlots', () => {
  it.each([
    { cores: 1, plan: { slots: 1, threads: 1 } },
    { cores: 2, plan: { slots: 2, threads: 1 } },
    { cores: 4, plan: { slots: 4, threads: 1 } },
    { cores: 5, plan: { slots: 2, threads: 2 } },
    { cores: 8, plan: { slots: 4, threads: 2 } },
    { cores: 32, plan: { slots: 16, threads: 2 } },
  ])(
    'gives $cores cores with enough memory $plan.slots slots of $plan.threads threads',
    ({ cores, plan }) => {
      expect(planSlots({ cores, memoryBytes: 256 * gigabyte }, small)).toEqual(plan);
    },
  );

  it('takes fewer slots with more threads where memory holds few copies of the model', () => {
    expect(planSlots({ cores: 8, memoryBytes: 8 * gigabyte }, large)).toEqual({ slots: 2, threads: 4 });
  });

  it('still plans one slot where memory is scarcer than the model', () => {
    expect(planSlots({ cores: 2, memoryBytes: gigabyte }, large)).toEqual({ slots: 1, threads: 2 });
  });

  it('lets settings have the last word, and plans the rest around them', () => {
    const machine = { cores: 4, memoryBytes: 64 * gigabyte };
    expect(planSlots(machine, small, { slots: 1 })).toEqual({ slots: 1, threads: 4 });
    expect(planSlots(machine, small, { threads: 2 })).toEqual({ slots: 2, threads: 2 });
    expect(planSlots(machine, small, { slots: 8, threads: 3 })).toEqual({ slots: 8, threads: 3 });
  });
});

describe('thisMachine', () => {
  it('finds at least one core and no more memory than there is', () => {
    const machine = thisMachine();
    expect(machine.cores).toBeGreaterThanOrEqual(1);
    expect(machine.memoryBytes).toBeGreaterThan(64 * 1024 ** 2);
    expect(machine.memoryBytes).toBeLessThan(2 ** 50);
  });
});
