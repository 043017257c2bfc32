import type { Part } from './abuse-options.ts';

interface Check {
  part: Part;
  name: string;
  /** Of the matrix in shared/requirements/reliability.md. */
  rows: number[];
  /** Empty: it is as it should be. */
  problems: string[];
  /** Numbers that say how much was looked at. */
  measured: string;
}

const problemsShown = 12;

/** What was tried and what came of it: lines for people as it goes on, JSON for programs at the end. */
export class Report {
  readonly #checks: Check[] = [];
  readonly #startedAt = performance.now();
  readonly #write: (text: string) => void;
  readonly #onTerminal: boolean;
  #part: Part = 'files';
  #lastProgress = 0;

  constructor(write: (text: string) => void, options: { onTerminal: boolean }) {
    this.#write = write;
    this.#onTerminal = options.onTerminal;
  }

  begin(part: Part): void {
    this.#part = part;
    this.#line(`\n${part}`);
  }

  /** One line that renews itself; elsewhere than on a terminal a line every ten seconds. */
  progress(text: string): void {
    if (!this.#onTerminal && performance.now() - this.#lastProgress < 10_000) return;
    this.#lastProgress = performance.now();
    this.#write(this.#onTerminal ? `\r\x1b[K  ${text}` : `  … ${text}\n`);
  }

  check(name: string, rows: number[], problems: string[], measured = ''): void {
    this.#checks.push({ part: this.#part, name, rows, problems, measured });
    const facts = [rows.length > 0 ? `rows ${rows.join(', ')}` : '', measured].filter((fact) => fact !== '');
    const verdict = problems.length === 0 ? 'ok    ' : 'FAILED';
    this.#line(`  ${verdict} ${name}${facts.length > 0 ? `  [${facts.join('; ')}]` : ''}`);
    for (const problem of problems.slice(0, problemsShown)) this.#line(`         ${problem}`);
    if (problems.length > problemsShown) this.#line(`         and ${problems.length - problemsShown} more`);
  }

  /** Said and kept, but neither good nor bad: what this machine can't measure. */
  note(text: string): void {
    this.#line(`  note   ${text}`);
  }

  get failed(): number {
    return this.#checks.filter(({ problems }) => problems.length > 0).length;
  }

  summary(): string {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    return `${this.#checks.length - this.failed} checks as they should be, ${this.failed} not, in ${seconds} s`;
  }

  json(facts: object): string {
    return `${JSON.stringify({ ...facts, passed: this.failed === 0, checks: this.#checks }, null, 2)}\n`;
  }

  #line(text: string): void {
    this.#write(`${this.#onTerminal ? '\r\x1b[K' : ''}${text}\n`);
  }
}
