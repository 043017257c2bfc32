import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { clockTime, fileSize, languageName, moment, roughDuration } from './format.ts';

beforeAll(() => i18next.init({ lng: 'en-GB' }));

describe('what people read', () => {
  it.each([
    [0, '0:00'],
    [63.9, '1:03'],
    [3723, '1:02:03'],
  ])('shows %d s as players do', (seconds, shown) => expect(clockTime(seconds)).toBe(shown));

  it.each([
    [3, '5 seconds'],
    [47, '50 seconds'],
    [95, '2 minutes'],
    [3400, '0.9 hours'],
    [7200, '2 hours'],
  ])('tells %d s as coarsely as an estimate is honest', (seconds, shown) =>
    expect(roughDuration(seconds)).toBe(shown),
  );

  it.each([
    [900, '900 byte'],
    [1_500_000, '1.5 MB'],
    [2_000_000_000, '2 GB'],
  ])('tells %d bytes in units', (bytes, shown) => expect(fileSize(bytes)).toBe(shown));

  it('tells when something was', () => {
    const now = new Date(2026, 10, 21, 12, 0);
    expect(moment(new Date(2026, 10, 21, 10, 41).toISOString(), now)).toBe('10:41');
    expect(moment(new Date(2026, 10, 20, 23, 59).toISOString(), now)).toBe('yesterday, 23:59');
    expect(moment(new Date(2026, 10, 3, 10, 41).toISOString(), now)).toBe('3 Nov, 10:41');
    expect(moment(new Date(2025, 10, 3, 10, 41).toISOString(), now)).toBe('3 Nov 2025, 10:41');
  });

  it('names languages, but not the lack of one', () => {
    expect(languageName('es')).toBe('Spanish');
    expect(languageName('und')).toBeNull();
  });
});
