import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Menu.css';
import { Button, Group, Menu, Switch, Text } from '@mantine/core';
import { IconCopy, IconDownload, IconPencil, IconShare } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { transcriptFormats, useJobActions } from '../jobs/use-job-actions.ts';
import { useTellProblem } from '../layout/notices.tsx';
import type { Job } from '../server/job.ts';
import { answerOf, server } from '../server/server-client.ts';
import { copyText } from './copy-text.ts';
import classes from './toolbar.module.css';

/** What can be done with the text: find in it, correct it, take it along, pass it on. */
export function Toolbar({
  job,
  text,
  version,
  search,
  versions,
  showUnsure,
  onShowUnsure,
  onCorrect,
  beforeTaking,
}: {
  job: Job;
  text: string;
  /** Another than the newest, which is on the screen. */
  version: string | null;
  search: ReactNode;
  versions: ReactNode;
  showUnsure: boolean;
  onShowUnsure(show: boolean): void;
  /** Absent where nothing can be corrected. */
  onCorrect: (() => void) | undefined;
  /** Saves what is not saved yet, so that what is taken along is what is on the screen. */
  beforeTaking(): Promise<void>;
}) {
  const { t } = useTranslation('transcript');
  const { download } = useJobActions();
  const tellProblem = useTellProblem();
  const [said, setSaid] = useState<string | null>(null);

  async function copy(what: () => Promise<string>, sentence: string): Promise<void> {
    try {
      await copyText(await what());
      setSaid(sentence);
      setTimeout(() => setSaid(null), 4_000);
    } catch (error) {
      tellProblem(error);
    }
  }

  async function link(): Promise<string> {
    await beforeTaking();
    const path = { jobId: job.jobId };
    const call = server.POST('/v1/jobs/{jobId}/links', { params: { path }, body: { to: 'transcript' } });
    return (await answerOf(call)).url;
  }

  return (
    <Group justify="space-between" py="sm" gap="sm" className={classes.toolbar}>
      <div className={classes.search}>{search}</div>
      <Group gap="xs">
        <Text size="xs" c="dimmed" role="status">
          {said}
        </Text>
        <Switch
          size="xs"
          label={t('unsure')}
          checked={showUnsure}
          onChange={(event) => onShowUnsure(event.currentTarget.checked)}
        />
        {onCorrect && (
          <Quiet icon={<IconPencil size={16} />} title={t('correctKeys')} onClick={onCorrect}>
            {t('correct')}
          </Quiet>
        )}
        {versions}
        <Quiet icon={<IconCopy size={16} />} onClick={() => void copy(async () => text, t('copied'))}>
          {t('copy')}
        </Quiet>
        {job.status === 'COMPLETED' && (
          <>
            {version === null && (
              <Quiet icon={<IconShare size={16} />} onClick={() => void copy(link, t('shared'))}>
                {t('share')}
              </Quiet>
            )}
            <Menu position="bottom-end">
              <Menu.Target>
                <Button size="compact-sm" variant="light" leftSection={<IconDownload size={16} />}>
                  {t('download')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {transcriptFormats.map((format) => (
                  <Menu.Item
                    key={format}
                    onClick={() =>
                      void beforeTaking().then(() => download(job, format, version ?? undefined))
                    }
                  >
                    {t(`formats.${format}`)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </Group>
    </Group>
  );
}

function Quiet({
  icon,
  title,
  onClick,
  children,
}: {
  icon: ReactNode;
  title?: string;
  onClick(): void;
  children: ReactNode;
}) {
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="gray"
      leftSection={icon}
      {...(title && { title })}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
