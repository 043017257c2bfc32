import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, type components, presentKey, server } from '../server/server-client.ts';

/** Who uses the page, and what the server is: everything that the views ask about both. */
export type Session = components['schemas']['Session'];

const sessionKey = ['session'] as const;

/**
 * The one module that knows how people sign in. Today: an API key, for this tab or as a session in an HttpOnly cookie.
 * OpenID Connect would be a second way to come to the same session, here and in `sign-in.tsx`.
 */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: () => answerOf(server.GET('/v1/session')),
    staleTime: 60_000,
    refetchInterval: 60_000,
  });
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
    queries.clear();
    await queries.invalidateQueries();
  };
}

export function useSignOut() {
  const queries = useQueryClient();
  return async (): Promise<void> => {
    presentKey(null);
    await server.DELETE('/v1/session').catch(() => {});
    queries.clear();
    await queries.invalidateQueries({ queryKey: sessionKey });
  };
}
