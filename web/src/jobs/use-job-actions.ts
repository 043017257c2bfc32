import { useQueryClient } from '@tanstack/react-query';
import { useTellProblem } from '../layout/notices.tsx';
import type { Job } from '../server/job.ts';
import { saveFile } from '../server/save-file.ts';
import { answerOf, server } from '../server/server-client.ts';
import { useDeletions } from './deletions.tsx';
import { useJobUpdate } from './jobs.ts';

/** In which a transcript can be taken along. */
export const transcriptFormats = ['txt', 'md', 'srt', 'vtt', 'tsv', 'json'] as const;
export type TranscriptFormat = (typeof transcriptFormats)[number];

/** What can be done with a job, wherever it is shown. */
export function useJobActions() {
  const queries = useQueryClient();
  const update = useJobUpdate();
  const { remove } = useDeletions();
  const tellProblem = useTellProblem();

  async function act(path: '/v1/jobs/{jobId}/cancel' | '/v1/jobs/{jobId}/retry', job: Job): Promise<void> {
    try {
      update(await answerOf(server.POST(path, { params: { path: { jobId: job.jobId } } })));
    } catch (error) {
      tellProblem(error);
    } finally {
      // Whatever came of it, the list is now older than the job.
      await queries.invalidateQueries({ queryKey: ['jobs'] });
    }
  }

  /** `version`: another than the newest. */
  async function download(job: Job, format: TranscriptFormat = 'txt', version?: string): Promise<void> {
    const query = new URLSearchParams({ format, download: '', ...(version && { version }) });
    await saveFile(`/v1/jobs/${job.jobId}/transcript?${query}`).catch(tellProblem);
  }

  return {
    cancel: (job: Job) => act('/v1/jobs/{jobId}/cancel', job),
    retry: (job: Job) => act('/v1/jobs/{jobId}/retry', job),
    remove,
    download,
  };
}
