import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useJobUpdate } from '../jobs/jobs.ts';
import { followJob } from '../server/follow-job.ts';
import { hasEnded, type Job } from '../server/job.ts';
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

/** A version of a transcript, and the name that the server knows it by. */
export interface ReadVersion {
  transcript: Transcript;
  etag: string;
}

/** The newest version, where none is named. */
export async function readVersion(
  jobId: string,
  asked: { version?: string; partial?: 'true' },
  signal?: AbortSignal,
): Promise<ReadVersion> {
  const { data, response } = await server.GET('/v1/jobs/{jobId}/transcript', {
    params: { path: { jobId }, query: { format: 'json', ...asked } },
    ...(signal && { signal }),
  });
  return { transcript: data as Transcript, etag: response.headers.get('etag') ?? '' };
}

/** The text: whole once the job is done, before that as far as it has come. */
export function useTranscript(job: Job | undefined) {
  const done = job?.status === 'COMPLETED';
  const partial = job?.status === 'PROCESSING' && (job.progress.chunksDone ?? 0) > 0;
  return useQuery<ReadVersion>({
    queryKey: ['transcript', job?.jobId, job?.attempt, done ? 'whole' : job?.progress.chunksDone],
    enabled: done || partial,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous) => previous,
    queryFn: ({ signal }) => readVersion(job?.jobId ?? '', done ? {} : { partial: 'true' }, signal),
  });
}

/** An older version, where one is asked for. */
export function useVersion(jobId: string, version: string | null) {
  return useQuery({
    queryKey: ['version', jobId, version],
    enabled: version !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => readVersion(jobId, { version: version ?? '' }, signal),
  }).data;
}

/** All versions that are kept, newest first; looked at again whenever a person comes back to the page. */
export function useVersions({ jobId, status }: Job) {
  return useQuery({
    queryKey: ['versions', jobId],
    enabled: status === 'COMPLETED',
    queryFn: ({ signal }) =>
      answerOf(server.GET('/v1/jobs/{jobId}/transcript/versions', { params: { path: { jobId } }, signal })),
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
    // An address holds for an hour; who listens and corrects may take longer.
    staleTime: 50 * 60_000,
    refetchInterval: 50 * 60_000,
    queryFn: ({ signal }) =>
      answerOf(server.POST('/v1/jobs/{jobId}/links', { params: { path }, body: { to: 'audio' }, signal })),
  });
  // What was fetched before it was removed, or before the server went away, still plays.
  return { peaks: peaks.data, address: link.data?.url, error: link.data ? null : link.error };
}
