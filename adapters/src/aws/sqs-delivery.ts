import { type Outcome, type QueuedMessage, QueueUnavailable } from '@verbatim/domain';

/** One received message and what can be done with it while it is ours. All @throw QueueUnavailable, or SQS's refusal. */
export interface Delivery {
  body: string;
  messageId: string;
  receives: number;
  /** Hides it from others for so long from now; 0 lets them have it. */
  hideFor(ms: number): Promise<unknown>;
  remove(): Promise<unknown>;
  /** Moves it to the dead-letter queue. */
  bury(reason: string): Promise<unknown>;
}

export type Handler = (message: QueuedMessage) => Promise<Outcome>;

export interface HandlingTerms {
  leaseMs: number;
  /** The handler shall come to an end. */
  abort: AbortSignal;
  /** The handler had its time: its message goes back without its outcome. */
  handBack: AbortSignal;
  onError(error: unknown): void;
}

/** Lets the handler do its work, keeps the message ours meanwhile, and does what its outcome says. Never throws. */
export async function handleDelivery(
  delivery: Delivery,
  handle: Handler,
  terms: HandlingTerms,
): Promise<void> {
  const end = new AbortController();
  const beats = keepHidden(delivery, terms, (why) => end.abort(why));
  const handedBack = Promise.withResolvers<Outcome>();
  const unlink = [
    onAbort(terms.abort, () => end.abort(terms.abort.reason)),
    onAbort(terms.handBack, () => handedBack.resolve({ returnInMs: 0 })),
  ];

  const { body, messageId, receives } = delivery;
  // In a function, so that a handler that throws before its first await counts as one that throws.
  const handled = (async () => handle({ body, messageId, receives, signal: end.signal }))();
  const outcome = await Promise.race([
    handled.catch((error: unknown): Outcome => {
      terms.onError(error);
      return { returnInMs: terms.abort.aborted ? 0 : retryDelayMs(receives) };
    }),
    handedBack.promise,
  ]);
  for (const undo of unlink) undo();

  // A beat that is still under way could hide again what is given back here.
  const { lost } = await beats.end();
  // What another receiver holds now is no longer ours to give back or to set aside; done is done all the same.
  if (lost && outcome !== 'done') return;
  await settle(delivery, outcome).catch(terms.onError); // it comes back when its lease ends
}

function settle(delivery: Delivery, outcome: Outcome): Promise<unknown> {
  if (outcome === 'done') return delivery.remove();
  return 'dead' in outcome ? delivery.bury(outcome.dead) : delivery.hideFor(outcome.returnInMs);
}

/** Beats three times a lease. A refusal means that the message is lost; silence means so only when the lease is over. */
function keepHidden(delivery: Delivery, terms: HandlingTerms, onLost: (why: unknown) => void) {
  let leaseEnd = performance.now() + terms.leaseMs;
  let lost = false;
  const beat = async () => {
    const sentAt = performance.now();
    try {
      await delivery.hideFor(terms.leaseMs);
      leaseEnd = sentAt + terms.leaseMs;
    } catch (error) {
      const silence = error instanceof QueueUnavailable;
      if (silence) terms.onError(error);
      lost = !silence || performance.now() > leaseEnd;
    }
    if (lost) {
      clearInterval(timer);
      onLost(new Error('the message is no longer ours'));
    }
  };
  let lastBeat = Promise.resolve();
  const timer = setInterval(() => {
    lastBeat = lastBeat.then(beat);
  }, terms.leaseMs / 3);
  return {
    async end(): Promise<{ lost: boolean }> {
      clearInterval(timer);
      await lastBeat;
      return { lost };
    },
  };
}

/** 1 s after the first time, doubling to 5 min. */
function retryDelayMs(receives: number): number {
  return Math.min(1_000 * 2 ** (receives - 1), 300_000);
}

/** Returns how to take the listener off again: these signals outlive many messages. */
function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) listener();
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
