import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useReached } from '../server/connection.ts';
import { presentKey } from '../server/fetch-from-server.ts';
import { answerOf, type components, server } from '../server/server-client.ts';
import { ServerProblem } from '../server/server-problem.ts';

/** Who uses the page, and what the server is: everything that the views ask about both. */
export type Session = components['schemas']['Session'];

/**
 * The one module that knows how people sign in. Today: an API key, for this tab or as a session in an HttpOnly cookie.
 * OpenID Connect would be a second way to come to the same session, here and in `sign-in.tsx`.
 */
export function useSession() {
  const reached = useReached();
  return useQuery({
    queryKey: ['session'],
    queryFn: () => answerOf(server.GET('/v1/session')),
    staleTime: 60_000,
    // Asking for the session is also how the page finds out that the server is back: so here, and nowhere else, often.
    retry: false,
    refetchInterval: ({ state }) => (reached && (!state.error || isRefusal(state.error)) ? 60_000 : 2_000),
  });
}

/** Nobody is signed in; anything else that fails may pass. */
export function isRefusal(error: Error): boolean {
  return error instanceof ServerProblem && error.status === 401;
}

export function useSignIn() {
  const queries = useQueryClient();
  /** @throws ServerProblem auth.wrong_key */
  return async (apiKey: string, { stay }: { stay: boolean }): Promise<void> => {
    if (stay) {
      await server.POST('/v1/session', { body: { apiKey } });
    } else {
      presentKey(apiKey);
      await answerOf(server.GET('/v1/session')).catch((error: unknown) => {
        presentKey(null);
        throw error;
      });
    }
    // What was seen before belongs to nobody or to somebody else.
    await queries.resetQueries();
  };
}

export function useSignOut() {
  const queries = useQueryClient();
  return async (): Promise<void> => {
    presentKey(null);
    await server.DELETE('/v1/session').catch(() => {});
    await queries.resetQueries();
  };
}
