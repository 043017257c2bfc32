import { type Job, JobStatus } from '@verbatim/domain';
import { type Command, Option } from 'commander';
import { count } from '../option-values.ts';
import { type ServerOptions, serverOf, withServer } from '../server/server-options.ts';
import type { VerbatimServer } from '../server/verbatim-server.ts';
import type { Surroundings } from '../surroundings.ts';
import { historyTable } from './history-texts.ts';
import { jobFacts, jobsTable } from './job-texts.ts';
import { type JobsQuery, listJobs } from './list-jobs.ts';

type JobOptions = ServerOptions & { json?: boolean };

/** `jobs` lists them; `status`, `cancel`, `retry` and `delete` are about one. */
export function addJobs(program: Command, surroundings: Surroundings): void {
  const print = (value: unknown, text: string, { json }: JobOptions) =>
    void surroundings.stdout.write(json ? `${JSON.stringify(value)}\n` : text);

  const jobs = program
    .command('jobs')
    .description('list your jobs, newest first')
    .option('--limit <n>', 'how many', count, 20)
    .addOption(new Option('--status <status>', 'only these').choices(JobStatus.options))
    .option('--json', 'as JSON')
    .action(async (options: JobOptions & JobsQuery) => {
      const list = await listJobs(options, serverOf(options, surroundings));
      print(list, jobsTable(list), options);
    });
  withServer(jobs);

  const history = jobs
    .command('history')
    .description('what happened to a job so far, and why')
    .argument('<id>', 'as "verbatim jobs" lists them')
    .option('--json', 'as JSON')
    .action(async (jobId: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<JobOptions>();
      const told = await serverOf(options, surroundings).jobHistory(jobId);
      print(told, historyTable(told), options);
    });
  withServer(history);

  const oneJob = (
    name: string,
    description: string,
    act: (server: VerbatimServer, jobId: string) => Promise<Job | null>,
  ) => {
    const command = program
      .command(name)
      .description(description)
      .argument('<id>', 'as "verbatim jobs" lists them')
      .option('--json', 'as JSON')
      .action(async (jobId: string, options: JobOptions) => {
        const job = await act(serverOf(options, surroundings), jobId);
        print(job, job ? jobFacts(job) : `${jobId} is deleted.\n`, options);
      });
    withServer(command);
  };
  oneJob('status', 'show one job', (server, jobId) => server.job(jobId));
  oneJob('cancel', 'stop a job that has not ended', (server, jobId) => server.cancelJob(jobId));
  oneJob('retry', 'start a failed job afresh', (server, jobId) => server.retryJob(jobId));
  oneJob('delete', 'erase a job, its recording and its transcript', async (server, jobId) => {
    await server.deleteJob(jobId);
    return null;
  });
}
