import { Button, Group, Popover, Text, TextInput, UnstyledButton } from '@mantine/core';
import type { TFunction } from 'i18next';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemSentence } from '../language/problem-sentence.ts';

/** As the server bounds it. */
const longestName = 80;

/** Who speaks, to be named by a click. */
export function SpeakerName({
  speaker,
  onName,
}: {
  speaker: string;
  /** Absent where nothing can be corrected. Rejects with what the server says. */
  onName: ((name: string) => Promise<void>) | undefined;
}) {
  const { t } = useTranslation('transcript');
  const [naming, setNaming] = useState(false);
  const label = (
    <Text size="xs" fw={600} c="teal" dir="auto" style={{ overflowWrap: 'anywhere' }}>
      {labelOf(speaker, t)}
    </Text>
  );
  if (!onName) return label;
  return (
    <Popover opened={naming} onChange={setNaming} position="bottom-start" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <UnstyledButton mih="1.5rem" ta="start" title={t('nameSpeaker')} onClick={() => setNaming(!naming)}>
          {label}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <NameForm speaker={speaker} onName={onName} onDone={() => setNaming(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function NameForm({
  speaker,
  onName,
  onDone,
}: {
  speaker: string;
  onName(name: string): Promise<void>;
  onDone(): void;
}) {
  const { t } = useTranslation('transcript');
  const [name, setName] = useState(isNamed(speaker) ? speaker : '');
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function save(event: SubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    setSaving(true);
    try {
      await onName(name);
      onDone();
    } catch (problem) {
      setError(problemSentence(problem));
    } finally {
      setSaving(false);
    }
  }

  return (
    <form onSubmit={(event) => void save(event)}>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          data-autofocus
          size="xs"
          label={t('speakerName')}
          placeholder={labelOf(speaker, t)}
          maxLength={longestName}
          error={error}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" loading={saving}>
          {t('saveName')}
        </Button>
      </Group>
    </form>
  );
}

/** What the engine calls somebody; whoever has a name is called by it in every language. */
const unnamed = /^Speaker (\d+)$/;

function isNamed(speaker: string): boolean {
  return !unnamed.test(speaker);
}

function labelOf(speaker: string, t: TFunction<'transcript'>): string {
  const number = unnamed.exec(speaker)?.[1];
  return number === undefined ? speaker : t('speaker', { number });
}
