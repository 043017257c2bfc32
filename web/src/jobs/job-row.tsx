import { ActionIcon, Text } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { moment } from '../language/format.ts';
import type { Job } from '../server/job.ts';
import classes from './job-row.module.css';
import { detailsOf, JobState } from './job-state.tsx';

const JobMenu = lazy(() => import('./job-menu.tsx'));

/** One line of the list. Its link is what the keyboard moves over; the menu holds what can be done. */
export function JobRow({ job, index }: { job: Job; index: number }) {
  const { t } = useTranslation('jobs');
  const [opened, setOpened] = useState(false);
  const details = detailsOf(job, t);
  const dots = (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-haspopup="menu"
      aria-label={t('actions', { name: job.fileName })}
      onClick={() => setOpened(true)}
    >
      <IconDotsVertical size={18} />
    </ActionIcon>
  );
  return (
    <div className={classes.row}>
      <Link href={`/jobs/${job.jobId}`} className={classes.link} data-job={index}>
        <Text component="span" fw={550} truncate>
          {/* Its own direction, and still at the line's beginning, where the eye looks for names. */}
          <bdi>{job.fileName}</bdi>
        </Text>
        <Text component="span" size="xs" c="dimmed" truncate title={details}>
          {moment(job.createdAt)}
          {details === '' ? '' : ` · ${details}`}
        </Text>
      </Link>
      <div className={classes.state}>
        <JobState job={job} />
      </div>
      {opened ? (
        <Suspense fallback={dots}>
          <JobMenu job={job} onClose={() => setOpened(false)}>
            {dots}
          </JobMenu>
        </Suspense>
      ) : (
        dots
      )}
    </div>
  );
}
