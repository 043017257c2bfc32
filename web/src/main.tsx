import './styles.ts';
import './page.css';
import { MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startLanguage } from './language/language.ts';
import { OrFailed } from './layout/failed-page.tsx';
import { onReturn } from './server/connection.ts';
import { isWorthRetrying } from './server/server-problem.ts';
import { isRefusal } from './session/session.ts';
import { readable, theme } from './theme.ts';

const queries = new QueryClient({
  queryCache: new QueryCache({
    // Signed out elsewhere: the session is not what it was.
    onError: (error, { queryKey }) => {
      if (isRefusal(error) && queryKey[0] !== 'session') {
        void queries.invalidateQueries({ queryKey: ['session'] });
      }
    },
  }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 3 && isWorthRetrying(error),
      staleTime: 5_000,
      // A server on this very machine is there without any network.
      networkMode: 'always',
    },
  },
});
// What was seen before the server went away may be old by now.
// A list asks for what it needs by itself, once its `jobs` are invalid; but for one that never came.
onReturn(() => {
  void queries.invalidateQueries({
    predicate: ({ queryKey, state }) => queryKey[0] !== 'job-list' || state.data === undefined,
  });
});

await startLanguage();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <OrFailed whole>
          <App />
        </OrFailed>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
