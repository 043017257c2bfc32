/** Shows how far a long step is: a bar that redraws itself on a terminal, a line each quarter elsewhere. */
export class ProgressLine {
  readonly #label: string;
  readonly #output: NodeJS.WriteStream;
  readonly #redraws: boolean;
  #shown = -1;

  constructor(label: string, output: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#output = output;
    this.#redraws = output.isTTY === true && !process.env['CI'];
  }

  update(percent: number): void {
    const step = this.#redraws ? percent : Math.floor(percent / 25) * 25;
    if (step <= this.#shown) return;
    this.#shown = step;
    if (!this.#redraws) {
      this.#output.write(`${this.#label}: ${step} %\n`);
      return;
    }
    const filled = Math.round(percent / 4);
    this.#output.write(
      `\r${this.#label} [${'#'.repeat(filled)}${' '.repeat(25 - filled)}] ${`${percent}`.padStart(3)} %`,
    );
  }

  /** Leaves the line as it is and goes to the next. */
  end(): void {
    if (this.#redraws && this.#shown >= 0) this.#output.write('\n');
  }
}
