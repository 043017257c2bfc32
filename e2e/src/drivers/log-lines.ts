import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** One line of a program's log, as it concerns jobs. */
export interface LogLine {
  /** Milliseconds since 1970, of the program's own clock. */
  time: number;
  event?: string;
  jobId?: string;
  chunk?: number;
  /** After the claim that the line tells of. */
  fence?: number;
  /** Of `job.cut`: where each chunk begins, in seconds. */
  startSeconds?: number[];
}

/** What programs log, line by line; whatever else they print is left out. */
export class LogLines {
  readonly #lines: LogLine[] = [];
  readonly #listeners = new Set<(line: LogLine) => void>();

  read(stream: Readable): void {
    createInterface({ input: stream }).on('line', (text) => {
      if (!text.startsWith('{')) return;
      const line = JSON.parse(text) as LogLine;
      this.#lines.push(line);
      for (const listener of this.#listeners) listener(line);
    });
  }

  of(jobId: string): LogLine[] {
    return this.#lines.filter((line) => line.jobId === jobId);
  }

  /** Calls back in the moment in which a line arrives, until the function that it answers with is called. */
  listen(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
