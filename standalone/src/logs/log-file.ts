import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file of lines that never takes more than twice `mostBytes`: the older half lies in `<path>.1`. */
export class LogFile {
  readonly #path: string;
  readonly #mostBytes: number;
  #file: number;
  #bytes: number;

  constructor(path: string, mostBytes = 10 * 2 ** 20) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#path = path;
    this.#mostBytes = mostBytes;
    this.#file = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }

  write(line: string): void {
    try {
      if (this.#bytes >= this.#mostBytes) this.#begin();
      this.#bytes += writeSync(this.#file, `${line}\n`);
    } catch {
      // A full disk costs log lines, not the programs.
    }
  }

  #begin(): void {
    renameSync(this.#path, `${this.#path}.1`);
    closeSync(this.#file);
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#bytes = 0;
  }
}
