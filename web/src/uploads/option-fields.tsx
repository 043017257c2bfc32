import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Combobox.css';
import '@mantine/core/styles/Switch.css';
import { Group, SegmentedControl, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { languageCodes } from '@verbatim/domain/languages';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { languageName } from '../language/format.ts';
import type { UploadOptions } from './upload-options.ts';

const qualities = ['fast', 'balanced', 'best'] as const;

/** What may be said beforehand. All of it can be left alone. */
export default function OptionFields({
  options,
  onChange,
}: {
  options: UploadOptions;
  onChange(options: UploadOptions): void;
}) {
  const { t } = useTranslation('uploads');
  const qualityLabel = useId();
  const spoken = languageCodes
    .map((value) => ({ value, label: languageName(value) ?? value }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
  const set = (changed: UploadOptions) => onChange({ ...options, ...changed });

  return (
    <Stack gap="sm" p="sm">
      <Group align="flex-start" grow>
        <Select
          label={t('language')}
          placeholder={t('languageAuto')}
          data={spoken}
          value={options.language ?? null}
          onChange={(code) => {
            const { language: _, ...others } = options;
            onChange(code === null ? others : { ...others, language: code as NonNullable<typeof _> });
          }}
          searchable
          clearable
        />
        <TextInput
          label={t('prompt')}
          description={t('promptHint')}
          inputWrapperOrder={['label', 'input', 'description']}
          maxLength={1000}
          value={options.prompt ?? ''}
          onChange={(event) => {
            const { prompt: _, ...others } = options;
            const prompt = event.currentTarget.value;
            onChange(prompt === '' ? others : { ...others, prompt });
          }}
        />
      </Group>
      <Group justify="space-between">
        <Stack gap={2}>
          <Text id={qualityLabel} size="sm" fw={500}>
            {t('quality')}
          </Text>
          <SegmentedControl
            aria-labelledby={qualityLabel}
            value={options.quality ?? 'balanced'}
            onChange={(quality) => set({ quality: quality as (typeof qualities)[number] })}
            data={qualities.map((value) => ({ value, label: t(`qualities.${value}`) }))}
          />
          <Text size="xs" c="dimmed">
            {t('qualityHint')}
          </Text>
        </Stack>
        <Switch
          label={t('channels')}
          checked={options.channels === 'separate'}
          onChange={(event) => set({ channels: event.currentTarget.checked ? 'separate' : 'mixed' })}
        />
      </Group>
    </Stack>
  );
}
