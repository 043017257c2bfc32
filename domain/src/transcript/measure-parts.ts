import type { JobMeasures } from '../job/job-record.ts';
import type { HeardChunk, Part } from './assemble-transcript.ts';

/** What hearing a recording took, and how much of it was speech: sums over its parts, null where a part does not tell. */
export function measureParts(parts: Part[]): Pick<JobMeasures, 'engineCpuSeconds' | 'silenceShare'> {
  const seconds = parts.reduce((sum, part) => sum + part.durationSeconds, 0);
  const silentSeconds = sumOver(parts, ({ silenceShare }, part) =>
    silenceShare === undefined ? null : silenceShare * part.durationSeconds,
  );
  return {
    engineCpuSeconds: sumOver(parts, ({ cpuSeconds }) => cpuSeconds ?? null),
    silenceShare: silentSeconds === null || seconds === 0 ? null : silentSeconds / seconds,
  };
}

function sumOver(parts: Part[], measure: (heard: HeardChunk, part: Part) => number | null): number | null {
  return parts.reduce<number | null>((sum, part) => {
    const value = measure(part.heard, part);
    return sum === null || value === null ? null : sum + value;
  }, 0);
}
