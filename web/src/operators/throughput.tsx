import { Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { clockTime, weekday } from '../language/format.ts';
import { answerOf, server } from '../server/server-client.ts';
import classes from './throughput.module.css';
import { type Day, daysOf } from './throughput-days.ts';

const shownDays = 7;
const refreshMs = 60_000;

export function useThroughput() {
  return useQuery({
    queryKey: ['throughput'],
    // One more: a day of this browser may begin before the server's hours of seven days do.
    queryFn: ({ signal }) =>
      answerOf(server.GET('/v1/admin/throughput', { params: { query: { days: shownDays + 1 } }, signal })),
    refetchInterval: refreshMs,
  });
}

/** What was transcribed in the last days: by the hour as bars to look at, by the day as a table to read. */
export function Throughput() {
  const { t } = useTranslation('operators');
  const { data } = useThroughput();
  const days = daysOf(data?.items ?? [], shownDays);
  const nothing = days.every(({ completed, failed }) => completed + failed === 0);
  return (
    <section aria-labelledby="throughput">
      <Title order={2} size="h3" id="throughput" mb="xs">
        {t('throughput.title')}
      </Title>
      {data && nothing && <Text c="dimmed">{t('throughput.none')}</Text>}
      {data && !nothing && (
        <>
          <Bars days={days} />
          <DayTable days={days} />
        </>
      )}
    </section>
  );
}

/** A bar for each hour, as high as the audio that was transcribed in it. The table says the same in words. */
function Bars({ days }: { days: Day[] }) {
  const { t } = useTranslation('operators');
  const most = Math.max(1, ...days.flatMap(({ hours }) => hours.map(({ audioSeconds }) => audioSeconds)));
  return (
    <figure className={classes.figure}>
      <svg
        role="img"
        aria-label={t('throughput.plot')}
        className={classes.plot}
        viewBox={`0 0 ${24 * days.length} 100`}
        preserveAspectRatio="none"
      >
        {days.map(({ date, hours }, index) => (
          <g key={date.getTime()}>
            <line className={classes.midnight} x1={24 * index} x2={24 * index} y1={0} y2={100} />
            {hours.map(({ clock, completed, audioSeconds }) => (
              <rect
                key={clock}
                className={classes.bar}
                x={24 * index + clock + 0.1}
                width={0.8}
                y={100 - (96 * audioSeconds) / most}
                height={(96 * audioSeconds) / most}
              >
                <title>
                  {t('throughput.bar', {
                    when: `${weekday(date)}, ${clock}:00`,
                    audio: clockTime(audioSeconds),
                    count: completed,
                  })}
                </title>
              </rect>
            ))}
          </g>
        ))}
      </svg>
      <div className={classes.days} aria-hidden>
        {days.map(({ date }) => (
          <Text key={date.getTime()} size="xs" c="dimmed" ta="center">
            {weekday(date, 'short')}
          </Text>
        ))}
      </div>
    </figure>
  );
}

function DayTable({ days }: { days: Day[] }) {
  const { t } = useTranslation('operators');
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('throughput.day')}</Table.Th>
            <Table.Th ta="end">{t('throughput.completed')}</Table.Th>
            <Table.Th ta="end">{t('throughput.failed')}</Table.Th>
            <Table.Th ta="end">{t('throughput.audio')}</Table.Th>
            <Table.Th ta="end">{t('workers.pace')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.toReversed().map(({ date, completed, failed, audioSeconds, processingSeconds }) => (
            <Table.Tr key={date.getTime()}>
              <Table.Td>{weekday(date)}</Table.Td>
              <Table.Td ta="end">{completed}</Table.Td>
              <Table.Td ta="end">{failed}</Table.Td>
              <Table.Td ta="end">{clockTime(audioSeconds)}</Table.Td>
              <Table.Td ta="end">
                {processingSeconds > 0
                  ? t('workers.paceOf', { times: (audioSeconds / processingSeconds).toFixed(1) })
                  : '–'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
