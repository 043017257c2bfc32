import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Menu.css';
import { ActionIcon, Button, Group, Menu, Switch, Text, TextInput } from '@mantine/core';
import {
  IconChevronDown,
  IconChevronUp,
  IconCopy,
  IconDownload,
  IconSearch,
  IconShare,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Job } from '../server/follow-job.ts';
import { saveFile } from '../server/save-file.ts';
import { answerOf, server } from '../server/server-client.ts';

const formats = ['txt', 'md', 'srt', 'vtt', 'tsv', 'json'] as const;

export interface Search {
  text: string;
  /** Which of the matches is shown, from 0. */
  at: number;
}

/** What can be done with the text: find in it, take it along, pass it on. */
export function Toolbar({
  job,
  text,
  search,
  matches,
  onSearch,
  showUnsure,
  onShowUnsure,
}: {
  job: Job;
  text: string;
  search: Search;
  matches: number;
  onSearch(search: Search): void;
  showUnsure: boolean;
  onShowUnsure(show: boolean): void;
}) {
  const { t } = useTranslation('transcript');
  const [said, setSaid] = useState<string | null>(null);
  const go = (by: number) => matches > 0 && onSearch({ ...search, at: (search.at + by + matches) % matches });

  async function copy(what: string, sentence: string): Promise<void> {
    await navigator.clipboard.writeText(what);
    setSaid(sentence);
    setTimeout(() => setSaid(null), 4_000);
  }

  async function share(): Promise<void> {
    const path = { jobId: job.jobId };
    const link = await answerOf(
      server.POST('/v1/jobs/{jobId}/links', { params: { path }, body: { to: 'transcript' } }),
    );
    await copy(link.url, t('shared'));
  }

  return (
    <Group justify="space-between" py="sm" gap="sm">
      <Group gap={4} wrap="nowrap">
        <TextInput
          size="xs"
          type="search"
          aria-label={t('search')}
          placeholder={t('search')}
          leftSection={<IconSearch size={16} />}
          value={search.text}
          onChange={(event) => onSearch({ text: event.currentTarget.value, at: 0 })}
          onKeyDown={(event) => event.key === 'Enter' && go(event.shiftKey ? -1 : 1)}
        />
        {search.text.trim() !== '' && (
          <>
            <Text size="xs" c="dimmed" role="status">
              {matches === 0 ? t('notFound') : t('found', { at: search.at + 1, count: matches })}
            </Text>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('previous')}
              onClick={() => go(-1)}
            >
              <IconChevronUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('following')}
              onClick={() => go(1)}
            >
              <IconChevronDown size={16} />
            </ActionIcon>
          </>
        )}
      </Group>
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
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconCopy size={16} />}
          onClick={() => void copy(text, t('copied'))}
        >
          {t('copy')}
        </Button>
        {job.status === 'COMPLETED' && (
          <>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<IconShare size={16} />}
              onClick={() => void share()}
            >
              {t('share')}
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button size="compact-sm" variant="light" leftSection={<IconDownload size={16} />}>
                  {t('download')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {formats.map((format) => (
                  <Menu.Item
                    key={format}
                    onClick={() =>
                      void saveFile(`/v1/jobs/${job.jobId}/transcript?format=${format}&download`)
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
