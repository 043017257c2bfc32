import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconDotsVertical, IconDownload, IconPlayerStop, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { moment } from '../language/format.ts';
import { hasEnded, type Job } from '../server/follow-job.ts';
import classes from './job-row.module.css';
import { detailsOf, JobState } from './job-state.tsx';
import { useJobActions } from './use-job-actions.ts';

/** One line of the list. Its link is what the keyboard moves over; the menu holds what can be done. */
export function JobRow({ job, index }: { job: Job; index: number }) {
  const { t } = useTranslation('jobs');
  const actions = useJobActions();
  const details = detailsOf(job, t);
  return (
    <div className={classes.row}>
      <Link href={`/jobs/${job.jobId}`} className={classes.link} data-job={index}>
        <Text component="span" fw={550} truncate dir="auto" className={classes.name}>
          {job.fileName}
        </Text>
        <Text component="span" size="xs" c="dimmed" truncate title={details}>
          {moment(job.createdAt)}
          {details === '' ? '' : ` · ${details}`}
        </Text>
      </Link>
      <div className={classes.state}>
        <JobState job={job} />
      </div>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('actions', { name: job.fileName })}>
            <IconDotsVertical size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {job.status === 'COMPLETED' && (
            <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => void actions.download(job)}>
              {t('download')}
            </Menu.Item>
          )}
          {job.status === 'FAILED' && (
            <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => void actions.retry(job)}>
              {t('retry')}
            </Menu.Item>
          )}
          {!hasEnded(job) && (
            <Menu.Item leftSection={<IconPlayerStop size={16} />} onClick={() => void actions.cancel(job)}>
              {t('cancel')}
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => actions.remove(job)}>
            {t('delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
