/** On a terminal one line that renews itself; elsewhere a line now and then. */
export class LiveLine {
  readonly #out: NodeJS.WriteStream;
  #shownAt = -Infinity;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(line: string): void {
    const now = performance.now();
    if (this.#out.isTTY) {
      this.#out.write(`\r\x1b[K${line}`);
    } else if (now - this.#shownAt > 15_000) {
      this.#out.write(`${line}\n`);
      this.#shownAt = now;
    }
  }

  /** Makes room for lines that stay. */
  clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K');
  }
}
