import { Button, Center, Checkbox, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemSentence } from '../language/problem-sentence.ts';
import { isRefusal, useSignIn } from './session.ts';

export function SignIn() {
  const { t } = useTranslation('session');
  const signIn = useSignIn();
  useDocumentTitle(`${t('title')} · Verbatim`);
  const [apiKey, setApiKey] = useState('');
  const [stay, setStay] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(apiKey.trim(), { stay });
    } catch (problem) {
      setError(problem instanceof Error && isRefusal(problem) ? t('wrong') : problemSentence(problem));
      setBusy(false);
    }
  }

  return (
    <Center component="main" id="content" mih="100dvh" p="md">
      <Paper
        component="form"
        onSubmit={(event) => void submit(event)}
        withBorder
        p="xl"
        maw={420}
        w="100%"
        radius="lg"
      >
        <Stack>
          <Title order={1} size="h2">
            {t('title')}
          </Title>
          <Text c="dimmed">{t('text')}</Text>
          <PasswordInput
            label={t('key')}
            value={apiKey}
            onChange={(event) => setApiKey(event.currentTarget.value)}
            error={error}
            autoComplete="current-password"
            required
            data-autofocus
          />
          <Checkbox
            label={t('stay')}
            description={t('stayHint')}
            checked={stay}
            onChange={(event) => setStay(event.currentTarget.checked)}
          />
          <Button type="submit" loading={busy} disabled={apiKey.trim() === ''}>
            {t('enter')}
          </Button>
        </Stack>
      </Paper>
    </Center>
  );
}
