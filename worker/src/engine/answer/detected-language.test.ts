import { describe, expect, it } from 'vitest';
import { readDetectedLanguage } from './detected-language.ts';

describe('readDetectedLanguage', () => {
  it('finds code and probability in the log', () => {
    const line = 'whisper_full_with_state: auto-detected language: es (p = 0.851200)';
    expect(readDetectedLanguage(line)).toEqual({ language: 'es', probability: 0.8512 });
  });

  it('gives no probability that is none', () => {
    const read = (p: string) => readDetectedLanguage(`auto-detected language: en (p = ${p})`)?.probability;
    expect(read('1.000001')).toBe(1);
    expect(read('-nan')).toBeNull();
  });

  it('finds nothing in other lines', () => {
    expect(readDetectedLanguage('whisper_print_progress_callback: progress =  50%')).toBeNull();
  });
});
