import { readSettings } from '@verbatim/adapters';
import { describe, expect, it } from 'vitest';
import { fateOf, type PlannedFailure } from './simulation.ts';
import { SimulationSettings, simulationOf } from './simulation-settings.ts';

const simulated = (env: Record<string, string>) => simulationOf(readSettings(SimulationSettings, env));
const recordings = Array.from({ length: 4_000 }, (_, index) => Buffer.from(`recording ${index}`));

describe('what is to fail', () => {
  it('is nothing when nothing is set', () => {
    expect(simulated({})).toEqual({ realTimeFactor: 0.02, seed: '1', failures: [], deadlineSeconds: 10 });
  });

  it('is read with how many attempts it takes: a transient one is over after the first', () => {
    const { failures } = simulated({ SIM_FAILURES: 'transient=0.05, crash=.02x2,hang=0.01' });
    expect(failures).toEqual<PlannedFailure[]>([
      { kind: 'transient', share: 0.05, attempts: 1 },
      { kind: 'crash', share: 0.02, attempts: 2 },
      { kind: 'hang', share: 0.01, attempts: null },
    ]);
  });

  it.each(['crash', 'crash=', 'crash=2', 'crash=0.6,hang=0.6', 'boredom=0.1', 'crash=-0.1', ','])(
    'is refused where it makes no sense: %s',
    (SIM_FAILURES) => {
      expect(() => simulated({ SIM_FAILURES })).toThrow('transient=0.05');
    },
  );
});

describe('the fate of a recording', () => {
  it('comes in the shares that were asked for', () => {
    const simulation = simulated({ SIM_FAILURES: 'transient=0.2,crash=0.1' });
    const fates = recordings.map((audio) => fateOf(audio, 1, simulation));
    const share = (fate: string | null) => fates.filter((each) => each === fate).length / fates.length;
    expect(share('transient')).toBeCloseTo(0.2, 1);
    expect(share('crash')).toBeCloseTo(0.1, 1);
    expect(share(null)).toBeCloseTo(0.7, 1);
  });

  it('is the same again, and another one by another seed', () => {
    const env = { SIM_FAILURES: 'permanent=0.5' };
    const fates = (SIM_SEED: string) =>
      recordings.map((audio) => fateOf(audio, 1, simulated({ ...env, SIM_SEED })));
    expect(fates('1')).toEqual(fates('1'));
    expect(fates('2')).not.toEqual(fates('1'));
  });

  it('changes for the better after as many attempts as were planned', () => {
    const simulation = simulated({ SIM_FAILURES: 'crash=1x2' });
    const [audio = Buffer.alloc(0)] = recordings;
    expect([1, 2, 3].map((attempt) => fateOf(audio, attempt, simulation))).toEqual(['crash', 'crash', null]);
  });
});
