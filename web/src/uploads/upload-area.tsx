import { ActionIcon, Alert, Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustments, IconMicrophone, IconUpload } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { useTranslation } from 'react-i18next';
import { fileSize } from '../language/format.ts';
import { useSession } from '../session/session.ts';
import { whatIsWrongWith } from './check-file.ts';
import classes from './upload-area.module.css';
import { UploadList } from './upload-list.tsx';
import { rememberedOptions, rememberOptions, type UploadOptions } from './upload-options.ts';
import { useUploadQueue } from './uploads.tsx';

const OptionFields = lazy(() => import('./option-fields.tsx'));
const Recorder = lazy(() => import('./recorder.tsx'));

/** A folder of pictures is not told of file by file. */
const shownRefusals = 5;

/**
 * Where audio comes in: dropped, pasted, chosen, recorded. Large while there is nothing else to see. `children`: what stands
 * below it, where files may be dropped just as well.
 */
export function UploadArea({ spacious, children }: { spacious: boolean; children: ReactNode }) {
  const { t } = useTranslation('uploads');
  const queue = useUploadQueue();
  const { data: session } = useSession();
  const maxUploadBytes = session?.server.maxUploadBytes ?? Number.POSITIVE_INFINITY;
  const [options, setOptions] = useState<UploadOptions>(rememberedOptions);
  const [refused, setRefused] = useState<string[]>([]);
  const [showsOptions, { toggle }] = useDisclosure(false);
  const [recording, { open: record, close: stopRecording }] = useDisclosure(false);
  const folder = useRef<HTMLInputElement>(null);

  function take(files: File[]): void {
    const judged = files.map((file) => ({ file, wrong: whatIsWrongWith(file, { maxUploadBytes }) }));
    const sizes = (file: File) => ({ size: fileSize(file.size), most: fileSize(maxUploadBytes) });
    setRefused(
      judged.flatMap(({ file, wrong }) =>
        wrong ? [t(`refused.${wrong}`, { name: file.name, ...sizes(file) })] : [],
      ),
    );
    queue.add(
      judged.flatMap(({ file, wrong }) => (wrong ? [] : [file])),
      options,
    );
  }

  const takeNewest = useRef(take);
  takeNewest.current = take;
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const files = [...(clipboardData?.files ?? [])];
      if (files.length > 0) takeNewest.current(files);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, []);

  const zone = useDropzone({ onDrop: take, noClick: true, noKeyboard: true });
  return (
    <Stack gap="lg" mih="75vh" {...zone.getRootProps({ role: 'presentation' })}>
      <Stack gap="sm" component="section" aria-label={t('title')}>
        <Paper
          className={classes.zone}
          data-spacious={spacious || undefined}
          data-over={zone.isDragActive || undefined}
        >
          <input {...zone.getInputProps({ 'aria-label': t('choose') })} />
          <input
            ref={folder}
            type="file"
            hidden
            // Not in the types: every browser has it.
            {...{ webkitdirectory: '' }}
            onChange={(event) => take([...(event.currentTarget.files ?? [])])}
          />
          <Group wrap="nowrap" justify="center" gap="md">
            <IconUpload size={spacious ? 40 : 28} stroke={1.4} aria-hidden className={classes.icon} />
            <div>
              <Text fw={600} size={spacious ? 'lg' : 'md'}>
                {zone.isDragActive ? t('dropNow') : t('drop')}
              </Text>
              <Text size="sm" c="dimmed">
                {t('or')}{' '}
                <Anchor component="button" type="button" size="sm" onClick={zone.open}>
                  {t('choose')}
                </Anchor>
                {' / '}
                <Anchor component="button" type="button" size="sm" onClick={() => folder.current?.click()}>
                  {t('chooseFolder')}
                </Anchor>
                {spacious && Number.isFinite(maxUploadBytes) && (
                  <>
                    <br />
                    {t('limits', { size: fileSize(maxUploadBytes) })}
                  </>
                )}
              </Text>
            </div>
            <Group gap={4} wrap="nowrap">
              <ActionIcon
                variant="light"
                size="lg"
                radius="xl"
                aria-label={t('record')}
                title={t('record')}
                onClick={record}
              >
                <IconMicrophone size={18} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size="lg"
                radius="xl"
                color="gray"
                aria-label={t('options')}
                title={t('options')}
                aria-expanded={showsOptions}
                onClick={toggle}
              >
                <IconAdjustments size={18} />
              </ActionIcon>
            </Group>
          </Group>
        </Paper>
        {showsOptions && (
          <Suspense>
            <OptionFields
              options={options}
              onChange={(changed) => {
                setOptions(changed);
                rememberOptions(changed);
              }}
            />
          </Suspense>
        )}
        {recording && (
          <Suspense>
            <Recorder onDone={(file) => (file ? take([file]) : undefined)} onClose={stopRecording} />
          </Suspense>
        )}
        <Refusals sentences={refused} onDismiss={() => setRefused([])} />
        <UploadList />
      </Stack>
      {children}
    </Stack>
  );
}

function Refusals({ sentences, onDismiss }: { sentences: string[]; onDismiss(): void }) {
  const { t } = useTranslation('uploads');
  if (sentences.length === 0) return null;
  return (
    <Alert color="red" variant="light" withCloseButton closeButtonLabel={t('dismiss')} onClose={onDismiss}>
      {sentences.slice(0, shownRefusals).map((sentence, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two folders may hold files of one name; and none is ever moved.
        <Text key={index} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {sentence}
        </Text>
      ))}
      {sentences.length > shownRefusals && (
        <Text size="sm">{t('refused.more', { count: sentences.length - shownRefusals })}</Text>
      )}
    </Alert>
  );
}
