import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Menu.css';
import { Menu } from '@mantine/core';
import { IconDownload, IconPlayerStop, IconRefresh, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { hasEnded, type Job } from '../server/job.ts';
import { useJobActions } from './use-job-actions.ts';

/** What can be done with a job. Of its own, since a list is looked at more often than its menus. */
export default function JobMenu({
  job,
  children,
  onClose,
}: {
  job: Job;
  children: ReactNode;
  onClose(): void;
}) {
  const { t } = useTranslation('jobs');
  const actions = useJobActions();
  return (
    <Menu defaultOpened position="bottom-end" onClose={onClose} returnFocus trapFocus>
      <Menu.Target>{children}</Menu.Target>
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
  );
}
