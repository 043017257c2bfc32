import { Alert, Button, Group, Menu, Text } from '@mantine/core';
import { IconCheck, IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { moment } from '../language/format.ts';
import type { Job } from '../server/job.ts';
import { useVersions } from './transcript-data.ts';

/** The versions that the server keeps: to look at an older one. */
export function VersionMenu({
  job,
  viewing,
  onView,
}: {
  job: Job;
  /** Null: the newest, with what is not saved yet. */
  viewing: string | null;
  onView(version: string | null): void;
}) {
  const { t } = useTranslation('transcript');
  const { data, refetch } = useVersions(job);
  const versions = data?.items ?? [];
  return (
    <Menu position="bottom-end" onOpen={() => void refetch()}>
      <Menu.Target>
        <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconHistory size={16} />}>
          {t('versions')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: 'auto' }}>
        {versions.map(({ version, createdAt, by }, index) => {
          const isShown = viewing === null ? index === 0 : viewing === version;
          return (
            <Menu.Item
              key={version}
              leftSection={isShown ? <IconCheck size={16} /> : <span style={{ width: 16 }} />}
              onClick={() => onView(index === 0 ? null : version)}
            >
              {version === 'original' ? t('original') : moment(createdAt)}
              <Text size="xs" c="dimmed" component="span" display="block">
                {[index === 0 ? t('newest') : null, version === 'original' ? moment(createdAt) : by]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Says that this is not what counts, and leads on. */
export function OlderVersion({ onRestore, onLeave }: { onRestore(): void; onLeave(): void }) {
  const { t } = useTranslation('transcript');
  return (
    <Alert variant="light" color="gray" mb="sm" icon={<IconHistory />}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">{t('olderVersion')}</Text>
        <Group gap="xs">
          <Button size="compact-sm" variant="light" onClick={onRestore}>
            {t('restore')}
          </Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onLeave}>
            {t('showNewest')}
          </Button>
        </Group>
      </Group>
    </Alert>
  );
}
