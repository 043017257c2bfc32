import { Center, Loader } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { WithDeletions } from './jobs/deletions.tsx';
import { JobsView } from './jobs/jobs-view.tsx';
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
  if (!session.data) {
    if (!session.error) return <Waiting />;
    return isRefusal(session.error) ? <SignIn /> : <Unreachable again={() => void session.refetch()} />;
  }
  return (
    <WithNotices>
      <Shell session={session.data}>
        <WithDeletions>
          <WithUploads session={session.data}>
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
