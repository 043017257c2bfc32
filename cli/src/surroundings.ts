/** What a command has around it; a test brings its own. */
export interface Surroundings {
  env: Record<string, string | undefined>;
  stdout: { write(text: string): unknown };
  /** Bars are drawn where it is a terminal. */
  stderr: NodeJS.WriteStream | { isTTY?: false; write(text: string): unknown };
  /** Aborts at Ctrl-C. */
  stop: AbortSignal;
}
