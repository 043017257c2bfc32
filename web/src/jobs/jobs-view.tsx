import { Button, Group, Loader, NativeSelect, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { UploadArea } from '../uploads/upload-area.tsx';
import { useDeletions } from './deletions.tsx';
import { FirstSteps } from './first-steps.tsx';
import { JobList } from './job-list.tsx';
import { type JobFilter, useJobs } from './jobs.ts';

const filters = ['all', 'QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELED'] as const;
type Filter = (typeof filters)[number];

/** The first view: put audio in at the top, see what becomes of it below. */
export function JobsView() {
  const { t } = useTranslation('jobs');
  const [status, setStatus] = useState<Filter>('all');
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 250);
  const filter: JobFilter = { status: status === 'all' ? null : status, search };
  const {
    jobs,
    isPending,
    isPlaceholderData,
    hasNextPage,
    isFetchingNextPage,
    isFetchNextPageError,
    fetchNextPage,
  } = useJobs(filter);
  const { hidden } = useDeletions();
  const shown = jobs.filter(({ jobId }) => !hidden.has(jobId));
  const unfiltered = filter.status === null && search === '';
  const nothingYet = !isPending && shown.length === 0;
  const searching = nothingYet && hasNextPage;
  const empty = nothingYet && !hasNextPage;
  const canFetchMore = hasNextPage && !isFetchingNextPage && !isPlaceholderData && !isFetchNextPageError;
  // The server looks through a bounded number of jobs at a time: what fits may lie further back.
  useEffect(() => {
    if (searching && canFetchMore) void fetchNextPage();
  }, [searching, canFetchMore, fetchNextPage]);

  return (
    <Stack gap="lg">
      <Title order={1} className="visually-hidden">
        {t('title')}
      </Title>
      <UploadArea spacious={empty && unfiltered} />
      {empty && unfiltered ? (
        <FirstSteps />
      ) : (
        <Stack gap="xs">
          <Group justify="space-between">
            <NativeSelect
              size="xs"
              aria-label={t('filter.label')}
              value={status}
              onChange={(event) => setStatus(event.currentTarget.value as Filter)}
              data={filters.map((value) => ({ value, label: t(`filter.${value}`) }))}
            />
            <TextInput
              size="xs"
              type="search"
              aria-label={t('search')}
              placeholder={t('search')}
              leftSection={<IconSearch size={16} />}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </Group>
          {isPending && <Waiting />}
          {searching && (
            <Group role="status" gap="xs" c="dimmed">
              <Loader size="xs" /> {t('searching')}
            </Group>
          )}
          {empty && (
            <Group>
              <Text c="dimmed">{t('none')}</Text>
              <Button
                variant="subtle"
                size="compact-sm"
                onClick={() => {
                  setStatus('all');
                  setTyped('');
                }}
              >
                {t('clear')}
              </Button>
            </Group>
          )}
          {shown.length > 0 && (
            <JobList jobs={shown} fetchMore={canFetchMore ? () => void fetchNextPage() : null} />
          )}
        </Stack>
      )}
    </Stack>
  );
}

function Waiting() {
  return (
    <Stack gap={1} aria-hidden>
      {[1, 2, 3].map((row) => (
        <Skeleton key={row} height={64} radius="md" />
      ))}
    </Stack>
  );
}
