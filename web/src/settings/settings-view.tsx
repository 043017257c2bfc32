import '@mantine/core/styles/Fieldset.css';
import {
  Anchor,
  Button,
  Fieldset,
  Group,
  SegmentedControl,
  Stack,
  Text,
  Title,
  useMantineColorScheme,
} from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, languages, type PageLanguage } from '../language/language.ts';
import { useSession, useSignOut } from '../session/session.ts';

/** What belongs to this browser and this person. Notes, webhooks, keys and mail get a fieldset here when they come. */
export default function SettingsView() {
  const { t } = useTranslation('settings');
  const { t: ofSession } = useTranslation('session');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { data: session } = useSession();
  const signOut = useSignOut();
  useDocumentTitle(`${t('title')} · Verbatim`);
  return (
    <Stack maw={640}>
      <Title order={1}>{t('title')}</Title>
      <Fieldset legend={t('language.title')}>
        <SegmentedControl
          aria-label={t('language.title')}
          value={i18next.language}
          onChange={(value) => void chooseLanguage(value as PageLanguage)}
          data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        />
      </Fieldset>
      <Fieldset legend={t('theme.title')}>
        <SegmentedControl
          aria-label={t('theme.title')}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(`theme.${value}`) }))}
        />
      </Fieldset>
      {session && (
        <Fieldset legend={t('account.title')}>
          {session.user.keyName === null ? (
            <Text>{t('account.open')}</Text>
          ) : (
            <Group justify="space-between">
              <Text>{t('account.as', { user: session.user.userId, key: session.user.keyName })}</Text>
              <Button variant="light" onClick={() => void signOut()}>
                {ofSession('leave')}
              </Button>
            </Group>
          )}
        </Fieldset>
      )}
      {session && (
        <Fieldset legend={t('server.title')}>
          <Text>{t('server.version', { version: session.server.version })}</Text>
          {session.server.models.length > 0 && (
            <Text>{t('server.model', { models: session.server.models.join(', ') })}</Text>
          )}
          <Anchor href="/docs">{t('server.api')}</Anchor>
        </Fieldset>
      )}
    </Stack>
  );
}
