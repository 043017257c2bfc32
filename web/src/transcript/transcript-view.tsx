import { Alert, Anchor, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle, useHotkeys } from '@mantine/hooks';
import { IconAlertTriangle, IconArrowLeft } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { detailsOf, JobState } from '../jobs/job-state.tsx';
import { useJobActions } from '../jobs/use-job-actions.ts';
import { clockTime, languageName, moment } from '../language/format.ts';
import { problemSentence } from '../language/problem-sentence.ts';
import { serverSentence } from '../language/server-sentence.ts';
import { NotFound } from '../layout/not-found.tsx';
import { hasEnded, type Job } from '../server/job.ts';
import { ServerProblem } from '../server/server-problem.ts';
import { type Player, usePlayer } from './player.ts';
import { PlayerBar } from './player-bar.tsx';
import { useJob, useRecording, useTranscript } from './transcript-data.ts';
import { TranscriptText } from './transcript-text.tsx';

/** One recording: hear it, read it, correct it, take it along; while it is worked on, watch it come. */
export default function TranscriptView({ jobId }: { jobId: string }) {
  const { t } = useTranslation('transcript');
  const { data: job, error } = useJob(jobId);
  useDocumentTitle(job ? `${job.fileName} · Verbatim` : 'Verbatim');
  const { data: read, error: unread } = useTranscript(job);
  const recording = useRecording(job);
  const player = usePlayer(recording.address);
  useHotkeys([
    ['space', (event) => toggleUnlessPressed(event, player), { preventDefault: false }],
    ['ArrowLeft', () => player.skip(-5)],
    ['ArrowRight', () => player.skip(5)],
  ]);

  if (error instanceof ServerProblem && error.status === 404) return <NotFound />;
  if (!job) return <Skeleton height={320} radius="md" />;
  const hasText = read?.transcript.segments.some(({ text }) => text.trim() !== '') ?? false;
  return (
    <Stack gap={0}>
      <Head job={job} />
      {job.durationSeconds !== null &&
        (recording.error ? (
          <Sentence>{problemSentence(recording.error)}</Sentence>
        ) : (
          <PlayerBar player={player} peaks={recording.peaks} durationSeconds={job.durationSeconds} />
        ))}
      {read && hasText && <TranscriptText job={job} read={read} player={player} />}
      <WhatIsMissing job={job} read={read !== undefined} unread={unread} hasText={hasText} />
      <Text className="visually-hidden">{t('keys')}</Text>
    </Stack>
  );
}

/** Why something of a recording is not there: it was kept for as long as this server keeps such things, mostly. */
function Sentence({ children }: { children: ReactNode }) {
  return (
    <Text py="sm" c="dimmed">
      {children}
    </Text>
  );
}

/** Space presses the button that the keyboard is on, wherever else it plays; after a click of the mouse, too. */
function toggleUnlessPressed(event: KeyboardEvent, player: Player): void {
  if ((event.target as HTMLElement).closest('button:focus-visible')) return;
  event.preventDefault();
  player.toggle();
}

function Head({ job }: { job: Job }) {
  const { t } = useTranslation('transcript');
  const { t: ofJobs } = useTranslation('jobs');
  const actions = useJobActions();
  const [, go] = useLocation();
  const language = job.language === null ? null : languageName(job.language);
  const facts = [
    moment(job.createdAt),
    job.durationSeconds === null ? null : clockTime(job.durationSeconds),
    language,
    hasEnded(job) ? null : detailsOf(job, ofJobs),
  ].filter((fact) => fact !== null && fact !== '');
  return (
    <Stack gap={4} pb="xs">
      <Anchor component={Link} href="/" size="sm" c="dimmed" w="fit-content">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('back')}
        </Group>
      </Anchor>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={1} size="h2" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {job.fileName}
        </Title>
        <Group gap="xs" wrap="nowrap">
          {job.status === 'FAILED' && (
            <Button size="compact-sm" variant="light" onClick={() => void actions.retry(job)}>
              {ofJobs('retry')}
            </Button>
          )}
          {!hasEnded(job) && (
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void actions.cancel(job)}>
              {ofJobs('cancel')}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            onClick={() => {
              actions.remove(job);
              go('/');
            }}
          >
            {ofJobs('delete')}
          </Button>
        </Group>
      </Group>
      <Group gap="sm">
        <Text size="sm" c="dimmed">
          {facts.join(' · ')}
        </Text>
        {job.status !== 'COMPLETED' && (
          <div style={{ width: '14rem' }}>
            <JobState job={job} />
          </div>
        )}
      </Group>
    </Stack>
  );
}

function WhatIsMissing({
  job,
  read,
  unread,
  hasText,
}: {
  job: Job;
  read: boolean;
  unread: Error | null;
  hasText: boolean;
}) {
  const { t } = useTranslation('transcript');
  if (job.status === 'FAILED') {
    return (
      <Alert color="red" variant="light" mt="md" icon={<IconAlertTriangle />}>
        {job.error && serverSentence(job.error)}
      </Alert>
    );
  }
  if (job.status === 'COMPLETED') {
    if (hasText) return null;
    if (unread) return <Sentence>{problemSentence(unread)}</Sentence>;
    return read ? <Text py="xl">{t('nothing')}</Text> : <Skeleton height={240} my="md" radius="md" />;
  }
  if (hasEnded(job)) return null;
  return (
    <Text py="xl" c="dimmed">
      {hasText ? t('partial') : t('waiting')}
    </Text>
  );
}
