import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** Instead of the page, when it was opened while there is no server; the session is asked for until there is one. */
export function Unreachable({ again }: { again(): void }) {
  const { t } = useTranslation();
  return (
    <Center component="main" id="content" mih="100dvh" p="md">
      <Stack align="center" maw={440} ta="center" role="alert">
        <IconPlugConnectedX size={48} stroke={1.4} aria-hidden />
        <Title order={1} size="h2">
          {t('unreachable.title')}
        </Title>
        <Text c="dimmed">{t('unreachable.text')}</Text>
        <Button variant="light" onClick={again}>
          {t('unreachable.again')}
        </Button>
      </Stack>
    </Center>
  );
}
