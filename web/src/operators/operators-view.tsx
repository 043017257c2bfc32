import '@mantine/core/styles/Table.css';
import { Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { moment } from '../language/format.ts';
import { NotFound } from '../layout/not-found.tsx';
import { answerOf, server } from '../server/server-client.ts';
import { useSession } from '../session/session.ts';
import { DeadLetters } from './dead-letters.tsx';
import { Throughput, useThroughput } from './throughput.tsx';

const refreshMs = 5_000;

/** For those who look after the server: what waits, who works, what was given up. */
export default function OperatorsView() {
  const { t } = useTranslation('operators');
  const { data: session } = useSession();
  useDocumentTitle(`${t('title')} · Verbatim`);
  if (!session?.user.operator) return <NotFound />;
  return (
    <Stack gap="xl">
      <Title order={1}>{t('title')}</Title>
      <State />
    </Stack>
  );
}

/** All of it at once: what comes later would push down what is being read. */
function State() {
  const answers = [useQueues(), useWorkers(), useModels(), useThroughput()];
  if (answers.some(({ isPending }) => isPending)) return <Skeleton height="60dvh" />;
  return (
    <>
      <Queues />
      <Workers />
      <Models />
      <Throughput />
      <DeadLetters />
    </>
  );
}

function Queues() {
  const { t } = useTranslation('operators');
  const { data } = useQueues();
  return (
    <section aria-labelledby="queues">
      <Title order={2} size="h3" id="queues">
        {t('queues.title')}
      </Title>
      <Table maw={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('queues.queue')}</Table.Th>
            <Table.Th ta="end">{t('queues.waiting')}</Table.Th>
            <Table.Th ta="end">{t('queues.working')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data?.items.map(({ queue, visible, inFlight }) => (
            <Table.Tr key={queue}>
              <Table.Td>{t(`queues.names.${queue}`)}</Table.Td>
              <Table.Td ta="end">{visible}</Table.Td>
              <Table.Td ta="end">{inFlight}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Workers() {
  const { t } = useTranslation('operators');
  const { data } = useWorkers();
  return (
    <section aria-labelledby="workers">
      <Title order={2} size="h3" id="workers">
        {t('workers.title')}
      </Title>
      {data?.items.length === 0 ? (
        <Text c="dimmed">{t('workers.none')}</Text>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('workers.worker')}</Table.Th>
                <Table.Th>{t('workers.model')}</Table.Th>
                <Table.Th ta="end">{t('workers.busy')}</Table.Th>
                <Table.Th ta="end">{t('workers.pace')}</Table.Th>
                <Table.Th>{t('workers.since')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data?.items.map((worker) => (
                <Table.Tr key={worker.workerId}>
                  <Table.Td>{worker.workerId}</Table.Td>
                  <Table.Td>
                    {worker.model}{' '}
                    <Text span size="xs" c="dimmed">
                      {worker.engine}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="end">
                    {worker.busy} / {worker.slots}
                  </Table.Td>
                  <Table.Td ta="end">
                    <Pace realTimeFactor={worker.realTimeFactor} />
                  </Table.Td>
                  <Table.Td>{moment(worker.startedAt)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

function Models() {
  const { t } = useTranslation('operators');
  const { data } = useModels();
  // Without workers there is no model either, and the workers' part says so.
  if (!data || data.items.length === 0) return null;
  return (
    <section aria-labelledby="models">
      <Title order={2} size="h3" id="models">
        {t('models.title')}
      </Title>
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('workers.model')}</Table.Th>
              <Table.Th ta="end">{t('models.workers')}</Table.Th>
              <Table.Th ta="end">{t('workers.busy')}</Table.Th>
              <Table.Th ta="end">{t('workers.pace')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map(({ model, engine, workers, busy, slots, realTimeFactor }) => (
              <Table.Tr key={`${model} ${engine}`}>
                <Table.Td>
                  {model}{' '}
                  <Text span size="xs" c="dimmed">
                    {engine}
                  </Text>
                </Table.Td>
                <Table.Td ta="end">{workers}</Table.Td>
                <Table.Td ta="end">
                  {busy} / {slots}
                </Table.Td>
                <Table.Td ta="end">
                  <Pace realTimeFactor={realTimeFactor} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Pace({ realTimeFactor }: { realTimeFactor: number | null }) {
  const { t } = useTranslation('operators');
  return realTimeFactor ? t('workers.paceOf', { times: (1 / realTimeFactor).toFixed(1) }) : '–';
}

function useQueues() {
  return useQuery({
    queryKey: ['queues'],
    queryFn: ({ signal }) => answerOf(server.GET('/v1/admin/queues', { signal })),
    refetchInterval: refreshMs,
  });
}

function useWorkers() {
  return useQuery({
    queryKey: ['workers'],
    queryFn: ({ signal }) => answerOf(server.GET('/v1/admin/workers', { signal })),
    refetchInterval: refreshMs,
  });
}

function useModels() {
  return useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => answerOf(server.GET('/v1/admin/models', { signal })),
    refetchInterval: refreshMs,
  });
}
