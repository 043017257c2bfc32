import { Badge, Group, Progress, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { clockTime, languageName, roughDuration } from '../language/format.ts';
import { serverSentence } from '../language/server-sentence.ts';
import type { Job } from '../server/job.ts';

const colors: Record<Job['status'], string> = {
  PENDING_UPLOAD: 'gray',
  QUEUED: 'gray',
  PROCESSING: 'teal',
  COMPLETED: 'green',
  FAILED: 'red',
  CANCELED: 'gray',
  EXPIRED: 'gray',
};

/** Where a job stands: a bar while it runs, a word when it has ended. */
export function JobState({ job }: { job: Job }) {
  const { t } = useTranslation('jobs');
  if (job.status === 'PROCESSING') {
    return (
      <Group gap="xs" wrap="nowrap" w="100%">
        <Progress.Root size="sm" flex={1} miw={60}>
          <Progress.Section
            value={Math.max(2, job.progress.percent)}
            aria-label={t('status.PROCESSING')}
            animated={job.progress.phase === 'reading'}
          />
        </Progress.Root>
        <Text size="xs" c="dimmed" ff="monospace" w="3.2em" ta="end">
          {job.progress.percent} %
        </Text>
      </Group>
    );
  }
  const color = colors[job.status];
  return (
    <Badge
      variant="light"
      color={color}
      radius="sm"
      tt="none"
      fw={600}
      c={`light-dark(color-mix(in srgb, var(--mantine-color-${color}-9) 75%, black), var(--mantine-color-${color}-2))`}
    >
      {t(`status.${job.status}`)}
    </Badge>
  );
}

/** The second line: what there is to know about a job in the state that it is in. */
export function detailsOf(job: Job, t: TFunction<'jobs'>): string {
  const length = job.durationSeconds === null ? null : clockTime(job.durationSeconds);
  const language = job.language === null ? null : languageName(job.language);
  const parts = job.status === 'COMPLETED' ? [length, language] : [length, runningDetail(job, t)];
  return parts.filter((part) => part !== null).join(' · ');
}

function runningDetail(job: Job, t: TFunction<'jobs'>): string | null {
  const { progress, status, attempt } = job;
  if (status === 'FAILED') return job.error && serverSentence(job.error);
  if (status === 'PENDING_UPLOAD') return null;
  if (progress.stalled) return t('stalled');
  if (status === 'QUEUED') {
    if (attempt > 1) return t('retryLater', { attempt });
    if (progress.queuePosition === null) return null;
    const ahead = progress.queuePosition.atMost;
    return ahead === 0 ? t('next') : t('queue', { count: ahead });
  }
  if (status !== 'PROCESSING') return null;
  if (progress.estimate) return t('left', { time: roughDuration(progress.estimate.secondsLeft) });
  return t(`phase.${progress.phase}`);
}
