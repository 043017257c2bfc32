/** The server answered no and closed, while the client still sent what nobody wanted. */
export function isClosed(error: unknown): boolean {
  const code = error instanceof Error ? (error.cause as { code?: string } | undefined)?.code : undefined;
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(code ?? '');
}

/** The answer all the same: a few tries until it is read before the connection breaks. */
export async function answerOf(send: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (tries === 10 || !isClosed(error)) throw error;
    }
  }
}
