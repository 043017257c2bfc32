import { ActionIcon, Anchor, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from '@tabler/icons-react';
import { memo, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileSize } from '../language/format.ts';
import { problemSentence } from '../language/problem-sentence.ts';
import { fileGone, type Upload } from './upload-queue.ts';
import { useUploadQueue } from './uploads.tsx';

/** One upload: how far it is, and what can be done about it. Drawn again when it has changed: of hundreds a few do. */
export const UploadRow = memo(function UploadRow({ upload }: { upload: Upload }) {
  const { t } = useTranslation('uploads');
  const queue = useUploadQueue();
  const { id, name, state, sizeBytes, sentBytes } = upload;
  const [wrongFile, setWrongFile] = useState(false);
  const percent = Math.floor((100 * sentBytes) / sizeBytes);
  const failed = state === 'failed' || wrongFile;
  return (
    <Stack component="li" gap={4} px="sm" style={{ listStyle: 'none' }}>
      <Group wrap="nowrap" gap="xs">
        <Text size="sm" fw={550} truncate dir="auto" flex={1} miw={0}>
          {name}
        </Text>
        {['waiting', 'sending', 'offline'].includes(state) && (
          <RowButton label={t('pause', { name })} onClick={() => queue.pause(id)}>
            <IconPlayerPause size={16} />
          </RowButton>
        )}
        {state === 'paused' && (
          <RowButton label={t('resume', { name })} onClick={() => queue.again(id)}>
            <IconPlayerPlay size={16} />
          </RowButton>
        )}
        {state === 'failed' && (
          <RowButton label={t('again', { name })} onClick={() => queue.again(id)}>
            <IconRefresh size={16} />
          </RowButton>
        )}
        <RowButton label={t('remove', { name })} onClick={() => queue.remove(id)}>
          <IconX size={16} />
        </RowButton>
      </Group>
      <Progress
        value={percent}
        size="xs"
        color={failed ? 'red' : ['paused', 'fileless'].includes(state) ? 'gray' : 'teal'}
        aria-label={name}
      />
      <Text size="xs" c={failed ? 'red' : 'dimmed'} role={failed ? 'alert' : undefined}>
        {wrongFile ? t('otherFile', { name, size: fileSize(sizeBytes) }) : sentenceOf(upload, percent, t)}{' '}
        {state === 'fileless' && (
          <FileButton onChange={(file) => setWrongFile(file !== null && !queue.giveFile(id, file))}>
            {(button) => (
              <Anchor
                component="button"
                type="button"
                size="xs"
                {...button}
                aria-label={`${t('chooseAgain')}: ${name}`}
              >
                {t('chooseAgain')}
              </Anchor>
            )}
          </FileButton>
        )}
      </Text>
    </Stack>
  );
});

function RowButton({ label, onClick, children }: { label: string; onClick(): void; children: ReactNode }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} title={label} onClick={onClick}>
      {children}
    </ActionIcon>
  );
}

function sentenceOf(
  { state, sentBytes, sizeBytes, problem }: Upload,
  percent: number,
  t: ReturnType<typeof useTranslation<'uploads'>>['t'],
): string {
  const progress = { percent, sent: fileSize(sentBytes), size: fileSize(sizeBytes) };
  switch (state) {
    case 'failed':
      if (problem?.code === fileGone) return t('fileGone');
      return problem ? problemSentence(problem) : '';
    case 'offline':
      return t('offline');
    case 'waiting':
      return t('waiting');
    case 'paused':
      return t('paused', progress);
    case 'fileless':
      return t('fileless', progress);
    case 'sending':
      return percent >= 100 ? t('finishing') : t('sending', progress);
  }
}
