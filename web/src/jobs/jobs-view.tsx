import { Button, Group, SegmentedControl, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { UploadArea } from '../uploads/upload-area.tsx';
import { useDeletions } from './deletions.tsx';
import { FirstSteps } from './first-steps.tsx';
import { JobList } from './job-list.tsx';
import { type JobFilter, useJobs } from './jobs.ts';

const filters = ['all', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;
type Filter = (typeof filters)[number];

/** The first view: put audio in at the top, see what becomes of it below. */
export function JobsView() {
  const { t } = useTranslation('jobs');
  const [status, setStatus] = useState<Filter>('all');
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 250);
  const filter: JobFilter = { status: status === 'all' ? null : status, search };
  const { jobs, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useJobs(filter);
  const { hidden } = useDeletions();
  const shown = jobs.filter(({ jobId }) => !hidden.has(jobId));
  const unfiltered = filter.status === null && search === '';
  const empty = !isPending && shown.length === 0;

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
            <SegmentedControl
              size="xs"
              aria-label={t('filter.label')}
              value={status}
              onChange={(value) => setStatus(value as Filter)}
              data={filters.map((value) => ({
                value,
                label: t(value === 'PROCESSING' ? 'filter.running' : `filter.${value}`),
              }))}
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
            <JobList
              jobs={shown}
              fetchMore={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : null}
            />
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
