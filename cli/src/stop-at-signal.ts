import { exitCodes } from './command-failed.ts';

/** npm passes the terminal's Ctrl-C on to a child that has already had it. */
const echoMs = 500;

/** Aborts at Ctrl-C or SIGTERM; who asks a second time does not want to wait. */
export function stopAtSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt: number | undefined;
  const asked = () => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt > echoMs) process.exit(exitCodes.interrupted);
    firstAt ??= now;
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, asked);
  return stop.signal;
}
