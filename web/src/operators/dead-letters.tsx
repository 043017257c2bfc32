import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { moment } from '../language/format.ts';
import { problemSentence } from '../language/problem-sentence.ts';
import { answerOf, type components, server } from '../server/server-client.ts';

type DeadLetter = components['schemas']['DeadLetter'];

/** Jobs that were given up for a reason of ours: what happened, what to do, and starting them afresh after that. */
export function DeadLetters() {
  const { t } = useTranslation('operators');
  const { t: ofJobs } = useTranslation('jobs');
  const queries = useQueryClient();
  const [said, setSaid] = useState<string | null>(null);
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['dead-letters'],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        server.GET('/v1/admin/dead-letters', {
          params: { query: pageParam ? { cursor: pageParam } : {} },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 15_000,
  });
  const letters = data?.pages.flatMap((page) => page.items) ?? [];

  async function replay(body: components['schemas']['ReplayRequest']): Promise<void> {
    try {
      const { replayed } = await answerOf(server.POST('/v1/admin/dead-letters/replay', { body }));
      setSaid(t('dead.replayed', { count: replayed.length }));
    } catch (error) {
      setSaid(problemSentence(error));
    }
    await queries.invalidateQueries({ queryKey: ['dead-letters'] });
  }

  return (
    <section aria-labelledby="dead-letters">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3" id="dead-letters">
          {t('dead.title')}
        </Title>
        {letters.length > 1 && (
          <Button size="compact-sm" variant="light" onClick={() => void replay({ all: true })}>
            {t('dead.replayAll')}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed" role="status">
        {said}
      </Text>
      {data && letters.length === 0 && <Text c="dimmed">{t('dead.none')}</Text>}
      <Stack gap="xs">
        {letters.map((letter) => (
          <Letter
            key={letter.jobId}
            letter={letter}
            onReplay={() => void replay({ jobIds: [letter.jobId] })}
          />
        ))}
      </Stack>
      {hasNextPage && (
        <Button variant="subtle" mt="xs" onClick={() => void fetchNextPage()}>
          {ofJobs('more')}
        </Button>
      )}
    </section>
  );
}

function Letter({ letter, onReplay }: { letter: DeadLetter; onReplay(): void }) {
  const { t } = useTranslation('operators');
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={2} miw={0}>
          <Text fw={550} dir="auto" truncate>
            {letter.fileName}
          </Text>
          <Text size="sm">{letter.whatToDo}</Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {moment(letter.at)} · <code>{letter.reason}</code> ·{' '}
            {t('dead.user', { user: letter.userId, run: letter.run, failures: letter.failures })} ·{' '}
            {letter.jobId}
          </Text>
          {letter.lastError?.detail && (
            <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
              {letter.lastError.detail}
            </Text>
          )}
        </Stack>
        <Button size="compact-sm" variant="light" flex="none" onClick={onReplay}>
          {t('dead.replay')}
        </Button>
      </Group>
    </Paper>
  );
}
