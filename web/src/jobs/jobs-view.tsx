import { Button, Group, Loader, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue, useDocumentTitle } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { UploadArea } from '../uploads/upload-area.tsx';
import { useDeletions } from './deletions.tsx';
import { FirstSteps } from './first-steps.tsx';
import { everything, JobFilters, rememberedWish, rememberWish, type Wish } from './job-filters.tsx';
import { JobList } from './job-list.tsx';
import { type JobFilter, useJobs } from './jobs.ts';

/** The first view: put audio in at the top, see what becomes of it below. */
export function JobsView() {
  const { t } = useTranslation('jobs');
  useDocumentTitle(`${t('title')} · Verbatim`);
  const [wish, setWish] = useState<Wish>(rememberedWish);
  // Not with every key: browsers take offence at that.
  const [settled] = useDebouncedValue(wish, 250);
  useEffect(() => rememberWish(settled), [settled]);
  const search = settled.typed.trim();
  const filter: JobFilter = { status: wish.status, from: wish.age?.from ?? null, search };
  const { jobs, isPending, hasNextPage, canFetchMore, fetchNextPage } = useJobs(filter);
  const { hidden } = useDeletions();
  const shown = jobs.filter(({ jobId }) => !hidden.has(jobId));
  const unfiltered = filter.status === null && filter.from === null && search === '';
  const nothingYet = !isPending && shown.length === 0;
  const searching = nothingYet && hasNextPage;
  const empty = nothingYet && !hasNextPage;
  // The server looks through a bounded number of jobs at a time: what fits may lie further back.
  useEffect(() => {
    if (searching && canFetchMore) void fetchNextPage();
  }, [searching, canFetchMore, fetchNextPage]);

  return (
    <Stack gap="lg">
      <Title order={1} className="visually-hidden">
        {t('title')}
      </Title>
      <UploadArea spacious={empty && unfiltered}>
        {empty && unfiltered ? (
          <FirstSteps />
        ) : (
          <Stack gap="xs">
            <JobFilters wish={wish} onChange={setWish} />
            {isPending && <Waiting />}
            {searching && (
              <Group role="status" gap="xs" c="dimmed">
                <Loader size="xs" /> {t('searching')}
              </Group>
            )}
            {empty && (
              <Group>
                <Text c="dimmed">{t('none')}</Text>
                <Button variant="subtle" size="compact-sm" onClick={() => setWish(everything)}>
                  {t('clear')}
                </Button>
              </Group>
            )}
            {shown.length > 0 && (
              <JobList jobs={shown} fetchMore={canFetchMore ? () => void fetchNextPage() : null} />
            )}
          </Stack>
        )}
      </UploadArea>
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
