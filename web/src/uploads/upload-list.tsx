import { ActionIcon, Group, Progress, Stack, Text } from '@mantine/core';
import { IconRefresh, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { fileSize } from '../language/format.ts';
import { type Upload, useUploads } from './upload-queue.ts';
import { useUploadQueue } from './uploads.tsx';

/** What is on its way to the server. */
export function UploadList() {
  const { t } = useTranslation('uploads');
  const uploads = useUploads(useUploadQueue());
  if (uploads.length === 0) return null;
  return (
    <Stack component="ul" gap="xs" m={0} p={0} aria-label={t('list')}>
      {uploads.map((upload) => (
        <UploadRow key={upload.id} upload={upload} />
      ))}
    </Stack>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const { t } = useTranslation('uploads');
  const queue = useUploadQueue();
  const { id, file, sentBytes, state, problem } = upload;
  const percent = Math.floor((100 * sentBytes) / file.size);
  const sentence =
    state === 'failed'
      ? (problem?.message ?? '')
      : state === 'offline'
        ? t('offline')
        : state === 'waiting'
          ? t('waiting')
          : percent >= 100
            ? t('finishing')
            : t('sending', { percent, sent: fileSize(sentBytes), size: fileSize(file.size) });
  return (
    <Group component="li" wrap="nowrap" gap="sm" px="sm">
      <Stack gap={4} flex={1} miw={0}>
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" fw={550} truncate dir="auto">
            {file.name}
          </Text>
          <Text
            size="xs"
            c={state === 'failed' ? 'red' : 'dimmed'}
            role={state === 'failed' ? 'alert' : undefined}
          >
            {sentence}
          </Text>
        </Group>
        <Progress
          value={percent}
          size="xs"
          color={state === 'failed' ? 'red' : 'teal'}
          aria-label={file.name}
        />
      </Stack>
      {state === 'failed' && (
        <ActionIcon
          variant="subtle"
          aria-label={t('again', { name: file.name })}
          onClick={() => queue.again(id)}
        >
          <IconRefresh size={16} />
        </ActionIcon>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('remove', { name: file.name })}
        onClick={() => queue.remove(id)}
      >
        <IconX size={16} />
      </ActionIcon>
    </Group>
  );
}
