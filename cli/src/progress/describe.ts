import type { FileProgress } from './file-progress.ts';

const barWidth = 24;

/** `share` from 0 to 1. */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * barWidth);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
}

/** As people read a clock: 0:05, 12:00, 1:02:03. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

export function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

/** One line without the file's name; the share is null where nobody knows it. */
export function describe(progress: FileProgress): { text: string; share: number | null } {
  switch (progress.step) {
    case 'uploading': {
      const share = progress.bytesDone / progress.bytesTotal;
      return {
        share,
        text: `uploading ${percent(share)}, ${size(progress.bytesDone)} of ${size(progress.bytesTotal)}`,
      };
    }
    case 'waiting':
      return { share: null, text: describeWaiting(progress) };
    case 'transcribing':
      return describeTranscribing(progress);
    case 'stalled':
      return { share: null, text: 'stalled: its worker is lost, another one takes over' };
    case 'trouble':
      return { share: null, text: `${progress.sentence} Trying again.` };
  }
}

function describeWaiting({ attempt, atMostBefore }: Extract<FileProgress, { step: 'waiting' }>): string {
  if (attempt > 1) return `waiting for attempt ${attempt}`;
  return atMostBefore ? `waiting in the queue, at most ${atMostBefore} before it` : 'waiting in the queue';
}

function describeTranscribing({
  secondsDone,
  secondsTotal,
  secondsLeft,
}: Extract<FileProgress, { step: 'transcribing' }>) {
  if (secondsTotal === null) return { share: null, text: 'reading the recording' };
  const share = secondsTotal > 0 ? secondsDone / secondsTotal : 1;
  const left = secondsLeft === null ? '' : `, about ${clock(secondsLeft)} left`;
  return {
    share,
    text: `transcribing ${percent(share)}, ${clock(secondsDone)} of ${clock(secondsTotal)}${left}`,
  };
}
