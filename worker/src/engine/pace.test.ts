import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

const audio = (durationSeconds: number) => ({ durationSeconds, quality: 'balanced' as const });

describe('Pace', () => {
  it('allows six times real time while nothing was measured', () => {
    expect(new Pace().deadlineMs(audio(600))).toBe(3_600_000);
  });

  it('comes close to six times the measured speed', () => {
    const pace = new Pace();
    for (let i = 0; i < 20; i += 1) pace.learn(audio(600), 60);
    expect(pace.deadlineMs(audio(600)) / 1_000).toBeCloseTo(360, 0);
  });

  it('never allows less than two minutes, however short and fast', () => {
    const pace = new Pace();
    for (let i = 0; i < 20; i += 1) pace.learn(audio(600), 6);
    expect(pace.deadlineMs(audio(5))).toBe(120_000);
  });

  it('counts in whole milliseconds, whatever was measured: a timer takes no fraction', () => {
    const pace = new Pace();
    pace.learn(audio(60), 1.828);
    expect(Number.isInteger(pace.deadlineMs(audio(420)))).toBe(true);
  });

  it('expects a beam search to take half as long again', () => {
    const pace = new Pace();
    expect(pace.deadlineMs({ ...audio(600), quality: 'best' })).toBe(5_580_000);
  });

  it('fails what takes longer, and tells it from being cancelled', async () => {
    class Impatience extends Pace {
      override deadlineMs(): number {
        return 1;
      }
    }
    const hang = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const running = new Impatience().time(audio(5), new AbortController().signal, hang);
    await expect(running).rejects.toMatchObject({ name: 'JobFailure', code: 'engine.timeout' });
    const cancelled = AbortSignal.abort(new Error('cancelled'));
    const refuse = () => Promise.reject(new Error('aborted'));
    await expect(new Pace().time(audio(5), cancelled, refuse)).rejects.toThrow('cancelled');
  });

  it('learns nothing from a few words', () => {
    const pace = new Pace();
    pace.learn(audio(2), 0.001);
    expect(pace.deadlineMs(audio(600))).toBe(3_600_000);
  });
});
