import { existsSync } from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import type { TranscriptFormat } from '@verbatim/domain';
import { WrongUsage } from '../command-failed.ts';

export interface Output {
  format: TranscriptFormat;
  path: string;
}

export interface OutputWishes {
  formats: TranscriptFormat[];
  /** Default: beside each recording. */
  folder?: string | undefined;
  overwrite: boolean;
}

/** Where each transcript goes; found out before an hour of work is spent. @throws WrongUsage */
export function planOutputs(
  files: string[],
  { formats, folder, overwrite }: OutputWishes,
): Map<string, Output[]> {
  const plan = new Map<string, Output[]>();
  const writtenBy = new Map<string, string>();
  for (const file of new Set(files)) {
    const outputs = formats.map((format) => ({
      format,
      path: join(folder ?? dirname(file), `${parse(basename(file)).name}.${format}`),
    }));
    for (const { path } of outputs) {
      const other = writtenBy.get(path);
      if (other !== undefined)
        throw new WrongUsage(
          `${other} and ${file} would both be written to ${path}: give each its own --out.`,
        );
      if (path === file) throw new WrongUsage(`${file} would be overwritten by its own transcript.`);
      if (!overwrite && existsSync(path))
        throw new WrongUsage(`${path} is there already: --force writes over it, --out DIR writes elsewhere.`);
      writtenBy.set(path, file);
    }
    plan.set(file, outputs);
  }
  return plan;
}
