/**
 * Aborts when the program shall end: SIGTERM, SIGINT, or, when `npm start` supervises it, the end of its stdin pipe,
 * which is how a child learns that its parent was killed.
 */
export function stopSignal(options: { supervised: boolean }): AbortSignal {
  const controller = new AbortController();
  const stop = (why: string) => () => controller.abort(new Error(`stopped by ${why}`));
  process.once('SIGTERM', stop('SIGTERM'));
  process.once('SIGINT', stop('SIGINT'));
  if (options.supervised) {
    process.stdin.once('end', stop('the end of its supervisor'));
    process.stdin.once('error', stop('the end of its supervisor'));
    process.stdin.resume();
    process.stdin.unref();
  }
  return controller.signal;
}

export function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
