/** npm passes the terminal's Ctrl-C on to a child that has already had it. */
const echoMs = 500;
const parentPollMs = 1_000;

/**
 * Aborts the signal when somebody wants an end: Ctrl-C, SIGTERM, a closed terminal, the death of the npm that started us.
 * `again` is for who asks a second time.
 */
export function stopRequest(again: () => void, env: NodeJS.ProcessEnv = process.env): AbortSignal {
  const stop = new AbortController();
  let firstAt: number | undefined;
  const asked = () => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt > echoMs) return again();
    firstAt ??= now;
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, asked);
  if (env['npm_lifecycle_event'] === 'start') onParentsDeath(() => stop.abort());
  return stop.signal;
}

/** A kill -9 of npm would leave us running without a terminal. */
function onParentsDeath(act: () => void): void {
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    act();
  }, parentPollMs);
  poll.unref();
}
