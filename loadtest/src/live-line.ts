/** What people call each status, in the order of a job's life. */
const names = [
  ['PENDING_UPLOAD', 'uploading'],
  ['QUEUED', 'waiting'],
  ['PROCESSING', 'transcribing'],
  ['COMPLETED', 'done'],
  ['FAILED', 'failed'],
  ['CANCELED', 'canceled'],
  ['EXPIRED', 'expired'],
] as const;

/** `12 s: 8 of 10 jobs: 1 uploading, 2 waiting, 2 transcribing, 3 done` */
export function liveLine(seconds: number, requests: number, statuses: readonly string[]): string {
  const counts = names.flatMap(([status, name]) => {
    const count = statuses.filter((each) => each === status).length;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  const jobs = `${statuses.length} of ${requests} jobs`;
  return [`${Math.round(seconds)} s`, jobs, counts.join(', ')].filter((part) => part !== '').join(': ');
}
