import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useJobUpdate } from '../jobs/jobs.ts';
import { followJob, hasEnded, type Job } from '../server/follow-job.ts';
import { answerOf, type components, server } from '../server/server-client.ts';

export type Transcript = components['schemas']['Transcript'];
export type Segment = Transcript['segments'][number];

/** One job, followed until it has ended. */
export function useJob(jobId: string) {
  const update = useJobUpdate();
  const query = useQuery({
    queryKey: ['job', jobId],
    queryFn: ({ signal }) =>
      answerOf(server.GET('/v1/jobs/{jobId}', { params: { path: { jobId } }, signal })),
  });
  const runs = query.data !== undefined && !hasEnded(query.data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `update` only reaches into the cache, which stays.
  useEffect(() => {
    if (!runs) return;
    const stop = new AbortController();
    void followJob(jobId, { signal: stop.signal, onChange: update }).catch(() => {});
    return () => stop.abort();
  }, [jobId, runs]);
  return query;
}

/** The text: whole once the job is done, before that as far as it has come. */
export function useTranscript(job: Job | undefined) {
  const done = job?.status === 'COMPLETED';
  const partial = job?.status === 'PROCESSING' && (job.progress.chunksDone ?? 0) > 0;
  return useQuery<Transcript>({
    queryKey: ['transcript', job?.jobId, job?.attempt, done ? 'whole' : job?.progress.chunksDone],
    enabled: done || partial,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous) => previous,
    queryFn: ({ signal }) =>
      answerOf(
        server.GET('/v1/jobs/{jobId}/transcript', {
          params: {
            path: { jobId: job?.jobId ?? '' },
            query: { format: 'json', ...(done ? {} : { partial: 'true' as const }) },
          },
          signal,
        }),
      ) as Promise<Transcript>,
  });
}

/** The outline and an address to play from; both come once the recording has been read. */
export function useRecording(job: Job | undefined) {
  const jobId = job?.jobId ?? '';
  const read = job !== undefined && job.durationSeconds !== null;
  const path = { jobId };
  const peaks = useQuery({
    queryKey: ['peaks', jobId],
    enabled: read,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => answerOf(server.GET('/v1/jobs/{jobId}/peaks', { params: { path }, signal })),
  });
  const link = useQuery({
    queryKey: ['audio-link', jobId],
    enabled: read,
    staleTime: 50 * 60_000,
    queryFn: ({ signal }) =>
      answerOf(server.POST('/v1/jobs/{jobId}/links', { params: { path }, body: { to: 'audio' }, signal })),
  });
  return { peaks: peaks.data, address: link.data?.url, error: link.error, renew: link.refetch };
}
