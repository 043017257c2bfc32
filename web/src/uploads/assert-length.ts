import { ServerProblem } from '../server/server-problem.ts';

/** Nobody speaks in fewer bytes: what is smaller than that for the longest recording need not be looked at. */
const leastBytesPerSecond = 500;
/** A disk, or a card, that takes longer than this is not waited for: the server looks as well. */
const patienceMs = 5_000;

/**
 * Throws what the server would find out only after all of it was sent: that it takes no recording of this length. What the
 * browser can't read is left to the server. @throws ServerProblem audio.too_long
 */
export async function assertLength(
  file: File,
  { maxAudioSeconds }: { maxAudioSeconds: number },
): Promise<void> {
  if (file.size < maxAudioSeconds * leastBytesPerSecond) return;
  const seconds = await secondsOf(file);
  // A little more than the limit may be less than it once it is decoded.
  if (seconds === null || seconds <= maxAudioSeconds + 1) return;
  throw new ServerProblem({
    code: 'audio.too_long',
    status: 400,
    message: 'The recording is longer than this server accepts. Split it and upload the parts.',
  });
}

/** Null where the file does not say, or not to this browser. */
function secondsOf(file: File): Promise<number | null> {
  return new Promise((resolve) => {
    const audio = new Audio();
    const address = URL.createObjectURL(file);
    const end = (seconds: number | null) => {
      clearTimeout(timer);
      audio.removeAttribute('src');
      URL.revokeObjectURL(address);
      resolve(seconds);
    };
    const timer = setTimeout(end, patienceMs, null);
    audio.onloadedmetadata = () => end(Number.isFinite(audio.duration) ? audio.duration : null);
    audio.onerror = () => end(null);
    audio.preload = 'metadata';
    audio.src = address;
  });
}
