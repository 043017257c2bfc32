import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MachineClock } from './machine-clock.ts';
import { testFolder } from './testing/test-folder.ts';

const second = 1_000;
const minute = 60 * second;
const noon = Date.UTC(2027, 0, 15, 12);

/** A machine whose time goes on by `pass` and whose clock is set by `jump`. */
function aMachine() {
  const machine = {
    wallMs: noon,
    uptimeMs: 5 * minute,
    bootId: 'first',
    pass(ms: number) {
      machine.wallMs += ms;
      machine.uptimeMs += ms;
    },
    jump(ms: number) {
      machine.wallMs += ms;
    },
    clockOn(folder: string) {
      const sources = {
        wall: () => machine.wallMs,
        sinceBoot: () => machine.uptimeMs,
        bootId: machine.bootId,
      };
      return new MachineClock(join(folder, 'clock.json'), sources);
    },
  };
  return machine;
}

describe('MachineClock', () => {
  it('tells the time', async () => {
    await using folder = await testFolder();
    const machine = aMachine();
    const clock = machine.clockOn(folder.path);
    for (let i = 0; i < 100; i++) {
      machine.pass(7 * second);
      expect(clock.now()).toBe(machine.wallMs);
    }
    expect(Math.abs(new MachineClock(join(folder.path, 'other.json')).now() - Date.now())).toBeLessThan(
      second,
    );
  });

  it.each([
    ['ahead', 15 * minute],
    ['back', -15 * minute],
  ])(
    'goes on evenly when the clock of the machine is set %s, for programs that start later too',
    async (_, jump) => {
      await using folder = await testFolder();
      const machine = aMachine();
      const clocks = [machine.clockOn(folder.path), machine.clockOn(folder.path)];
      machine.jump(jump);
      clocks.push(machine.clockOn(folder.path));

      let last = clocks.map((clock) => clock.now());
      expect(last).toEqual([noon, noon, noon]);
      let elapsed = 0;
      while (Math.abs(machine.wallMs - (last[0] ?? 0)) > second) {
        machine.pass(second);
        elapsed += second;
        const next = clocks.map((clock) => clock.now());
        // In half a minute a lease loses or gains 3 s at most, whichever program looks at it.
        next.forEach((now, i) => {
          expect(Math.abs(now - (last[i] ?? 0) - second)).toBeLessThanOrEqual(second);
        });
        expect(Math.max(...next) - Math.min(...next)).toBeLessThanOrEqual(2 * second);
        last = next;
      }
      expect(elapsed).toBeGreaterThanOrEqual(140 * minute);
      expect(elapsed).toBeLessThan(160 * minute);
    },
  );

  it('follows at once when the machine has slept for hours', async () => {
    await using folder = await testFolder();
    const machine = aMachine();
    const clock = machine.clockOn(folder.path);
    machine.jump(8 * 60 * minute);
    machine.pass(10 * second);
    expect(clock.now()).toBe(machine.wallMs);
  });

  it('begins anew when the machine does', async () => {
    await using folder = await testFolder();
    const machine = aMachine();
    machine.clockOn(folder.path);
    Object.assign(machine, { bootId: 'second', uptimeMs: second, wallMs: noon + 60 * minute });
    expect(machine.clockOn(folder.path).now()).toBe(machine.wallMs);
  });

  it.each([10 * second, 10 * minute])(
    'sees that where no boot has an id too, %i ms after it',
    async (uptimeMs) => {
      await using folder = await testFolder();
      const machine = aMachine();
      const days = 5 * 24 * 60 * minute;
      Object.assign(machine, { bootId: 'unknown', uptimeMs: days });
      const before = machine.clockOn(folder.path);
      machine.jump(20 * second);
      machine.pass(minute);
      before.now();
      Object.assign(machine, { uptimeMs, wallMs: noon + 20 * minute });
      const clock = machine.clockOn(folder.path);
      expect(clock.now()).toBe(machine.wallMs);
      machine.pass(minute);
      expect(clock.now()).toBe(machine.wallMs);
    },
  );

  it('does without its file when that is damaged or can not be written', async () => {
    await using folder = await testFolder();
    const machine = aMachine();
    const file = join(folder.path, 'clock.json');
    await writeFile(file, '{"half');
    expect(machine.clockOn(folder.path).now()).toBe(noon);

    const gone = machine.clockOn(join(folder.path, 'not/there'));
    machine.jump(15 * minute);
    machine.pass(minute);
    expect(gone.now()).toBe(noon + minute);
    expect(await readdir(folder.path)).toEqual(['clock.json']);
  });
});
