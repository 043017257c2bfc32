import { sampleRate, WavFile } from '../../audio/wav-file.ts';

/** Writes a WAV file of our own making; `level` gives each sample, -1 to 1, from its time in seconds. */
export async function writeAudio(
  wavPath: string,
  durationSeconds: number,
  level: (seconds: number) => number,
): Promise<{ wavPath: string; durationSeconds: number }> {
  const samples = Int16Array.from({ length: durationSeconds * sampleRate }, (_, index) =>
    Math.round(32_767 * level(index / sampleRate)),
  );
  await using wav = await WavFile.create(wavPath);
  await wav.append(new Uint8Array(samples.buffer));
  await wav.finish();
  return { wavPath, durationSeconds };
}

/** As loud as speech, four syllables a second, nothing else of speech. */
export function babble(seconds: number): number {
  return 0.25 * Math.sin(2 * Math.PI * 300 * seconds) * Math.abs(Math.sin(2 * Math.PI * 2 * seconds));
}

/** White noise, the same each time. */
export function noise(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return 0.3 * (state / 1_073_741_823.5 - 1);
  };
}
