import { Center, Loader } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { WithDeletions } from './jobs/deletions.tsx';
import { JobsView } from './jobs/jobs-view.tsx';
import { OrFailed } from './layout/failed-page.tsx';
import { NotFound } from './layout/not-found.tsx';
import { WithNotices } from './layout/notices.tsx';
import { Shell } from './layout/shell.tsx';
import { Unreachable } from './layout/unreachable.tsx';
import { isRefusal, useSession } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { WithUploads } from './uploads/uploads.tsx';

const TranscriptView = lazy(() => import('./transcript/transcript-view.tsx'));
const OperatorsView = lazy(() => import('./operators/operators-view.tsx'));
const SettingsView = lazy(() => import('./settings/settings-view.tsx'));

export function App() {
  const session = useSession();
  const [place] = useLocation();
  // Also in the middle: signed out in another tab, or the key is gone.
  if (session.error && isRefusal(session.error)) return <SignIn />;
  if (!session.data) {
    return session.error ? <Unreachable again={() => void session.refetch()} /> : <Waiting />;
  }
  return (
    <WithNotices>
      <Shell session={session.data}>
        <WithDeletions>
          <WithUploads session={session.data}>
            <OrFailed key={place}>
              <Suspense fallback={<Waiting />}>
                <Switch>
                  <Route path="/" component={JobsView} />
                  <Route path="/jobs/:jobId">
                    {({ jobId }) => <TranscriptView key={jobId} jobId={decodeURIComponent(jobId)} />}
                  </Route>
                  <Route path="/operation" component={OperatorsView} />
                  <Route path="/settings" component={SettingsView} />
                  <Route component={NotFound} />
                </Switch>
              </Suspense>
            </OrFailed>
          </WithUploads>
        </WithDeletions>
      </Shell>
    </WithNotices>
  );
}

function Waiting() {
  return (
    <Center mih="40dvh">
      <Loader type="dots" aria-label="Verbatim" />
    </Center>
  );
}
