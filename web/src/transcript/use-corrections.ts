import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Job } from '../server/job.ts';
import { server } from '../server/server-client.ts';
import { Corrections, type CorrectionsState, type Names, type Texts } from './corrections.ts';
import { type ReadVersion, readVersion, useVersions } from './transcript-data.ts';

/** Browsers send what is larger only while the page stays. */
const sentWhileLeavingBytes = 60_000;

/** The corrections of a finished transcript, for as long as its view is shown; null before. */
export function useCorrections(job: Job, read: ReadVersion): Corrections | null {
  const queries = useQueryClient();
  const { jobId } = job;
  const isWhole = job.status === 'COMPLETED' && read.transcript.complete;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the server is back the text is read again, and what is newer comes by refresh(); a new one would lose what was typed.
  const corrections = useMemo(
    () => (isWhole ? new Corrections(read, serverOf(jobId)) : null),
    [isWhole, jobId],
  );
  useEffect(() => {
    if (!corrections) return;
    const onHidden = () => document.visibilityState === 'hidden' && corrections.saveOnLeaving();
    const onLeave = (event: BeforeUnloadEvent) => {
      if (corrections.isSaved) return;
      corrections.saveOnLeaving();
      event.preventDefault();
    };
    document.addEventListener('visibilitychange', onHidden);
    window.addEventListener('beforeunload', onLeave);
    return () => {
      document.removeEventListener('visibilitychange', onHidden);
      window.removeEventListener('beforeunload', onLeave);
      // Whoever comes back reads what was saved, not what was read before.
      void corrections
        .saveNow()
        .then(() => queries.removeQueries({ queryKey: ['transcript', jobId], type: 'inactive' }));
    };
  }, [corrections, queries, jobId]);
  useOthersCorrections(corrections, job);
  return corrections;
}

/** Whoever comes back to the page sees what was corrected elsewhere meanwhile. */
function useOthersCorrections(corrections: Corrections | null, job: Job): void {
  const { data } = useVersions(job);
  const newest = data?.items[0]?.version;
  useEffect(() => {
    if (!corrections || newest === undefined || corrections.knows(newest)) return;
    void corrections.refresh().catch(() => {});
  }, [corrections, newest]);
}

export function useCorrectionsState(corrections: Corrections | null): CorrectionsState | null {
  return useSyncExternalStore(corrections?.subscribe ?? never, () => corrections?.getState() ?? null);
}

function never(): () => void {
  return () => {};
}

function serverOf(jobId: string) {
  return {
    readNewest: () => readVersion(jobId, {}),
    save: async (changed: { texts: Texts } | { names: Names }, etag: string): Promise<string> => {
      const body =
        'texts' in changed
          ? { segments: [...changed.texts].map(([id, text]) => ({ id, text })) }
          : { speakers: [...changed.names].map(([speaker, name]) => ({ speaker, name })) };
      const { response } = await server.PUT('/v1/jobs/{jobId}/transcript', {
        params: { path: { jobId }, header: { 'If-Match': etag } },
        body,
        keepalive: new Blob([JSON.stringify(body)]).size < sentWhileLeavingBytes,
      });
      return response.headers.get('etag') ?? '';
    },
  };
}
