import type { ModelProgress } from './ensure-model.ts';

export interface ProgressStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressLine {
  show(progress: ModelProgress): void;
  /** Ends an unfinished bar, so that what follows begins on a line of its own. */
  end(): void;
}

const redrawMs = 100;
const sparsePercent = 10;
const barWidth = 24;

/** A bar that redraws itself on a terminal; elsewhere (logs, CI) one line for each ten percent. */
export function progressLine(
  stream: ProgressStream,
  now: () => number = () => performance.now(),
): ProgressLine {
  let phase: ModelProgress['phase'] | undefined;
  let first = { atMs: 0, bytes: 0 };
  let shownAtMs = 0;
  let shownStep = 0;
  let barIsOpen = false;

  function show(progress: ModelProgress): void {
    const { bytesDone = 0, bytesTotal } = progress;
    const isNewPhase = progress.phase !== phase;
    if (isNewPhase) {
      phase = progress.phase;
      first = { atMs: now(), bytes: bytesDone };
    }
    const step = bytesTotal ? Math.floor((100 * bytesDone) / bytesTotal / sparsePercent) : 0;
    const isDue = stream.isTTY
      ? now() - shownAtMs >= redrawMs || bytesDone === bytesTotal
      : step !== shownStep;
    if (!isNewPhase && !isDue) return;
    shownAtMs = now();
    shownStep = step;
    const text = lineOf(progress, bytesPerSecond(bytesDone - first.bytes, now() - first.atMs), stream.isTTY);
    stream.write(stream.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
    barIsOpen = stream.isTTY === true;
  }

  function end(): void {
    if (barIsOpen) stream.write('\n');
    barIsOpen = false;
  }

  return { show, end };
}

const phaseTexts = {
  fetching: '',
  waiting: ' (another process is fetching it)',
  checking: 'checking its SHA-1 ...',
  quantizing: 'making it smaller (q8_0) ...',
};

function lineOf(progress: ModelProgress, speed: number, withBar = false): string {
  const { bytesDone = 0, bytesTotal } = progress;
  const prefix = `model ${progress.model}: `;
  if (progress.phase === 'checking' || progress.phase === 'quantizing') {
    return prefix + phaseTexts[progress.phase];
  }
  const parts: string[] = [];
  if (bytesTotal) {
    const share = bytesDone / bytesTotal;
    if (withBar) parts.push(`[${'#'.repeat(Math.round(share * barWidth)).padEnd(barWidth)}]`);
    parts.push(`${Math.floor(share * 100)} %`, `${megabytes(bytesDone)} of ${megabytes(bytesTotal)} MB`);
  } else {
    parts.push(`${megabytes(bytesDone)} MB`);
  }
  if (speed > 0) {
    parts.push(`${(speed / 1e6).toFixed(1)} MB/s`);
    if (bytesTotal && bytesDone < bytesTotal)
      parts.push(`${duration((bytesTotal - bytesDone) / speed)} left`);
  }
  return prefix + parts.join('  ') + phaseTexts[progress.phase];
}

function bytesPerSecond(bytes: number, elapsedMs: number): number {
  return elapsedMs > 0 ? (1000 * bytes) / elapsedMs : 0;
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
