import { ActionIcon, Alert, Anchor, Box, Container, Group, Text } from '@mantine/core';
import { IconActivity, IconFlask, IconPlugConnectedX, IconSettings } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useRoute } from 'wouter';
import { useReached } from '../server/connection.ts';
import type { Session } from '../session/session.ts';
import classes from './shell.module.css';

/** What stands around every view: where you are, where you can go, and what everybody has to know. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const { t } = useTranslation();
  const reached = useReached();
  return (
    <>
      <a className="skip-link" href="#content">
        {t('skip')}
      </a>
      <Box component="header" className={classes.header}>
        <Container size="lg" h="100%">
          <Group h="100%" justify="space-between" wrap="nowrap">
            <Anchor component={Link} href="/" underline="never" c="inherit" className={classes.brand}>
              <img src="/icon.svg" alt="" width={28} height={28} />
              <Text fw={650} size="lg">
                {t('title')}
              </Text>
            </Anchor>
            <Group component="nav" gap="xs" aria-label={t('nav.label')}>
              {session.user.operator && (
                <NavIcon href="/operation" label={t('nav.operators')} icon={<IconActivity stroke={1.6} />} />
              )}
              <NavIcon href="/settings" label={t('nav.settings')} icon={<IconSettings stroke={1.6} />} />
            </Group>
          </Group>
        </Container>
      </Box>
      <Container component="main" id="content" size="lg" py="md" tabIndex={-1} className={classes.main}>
        <div role="status">
          {!reached && (
            <Alert mb="md" color="orange" icon={<IconPlugConnectedX />} title={t('unreachable.title')}>
              {t('unreachable.text')}
            </Alert>
          )}
        </div>
        {session.server.demoModel && <Note title={t('demo.title')} text={t('demo.text')} />}
        {session.server.engines.includes('simulated') && (
          <Note title={t('simulated.title')} text={t('simulated.text')} />
        )}
        {children}
      </Container>
    </>
  );
}

/** What everybody has to know about what this server writes. */
function Note({ title, text }: { title: string; text: string }) {
  return (
    <Group gap="xs" mb="md" wrap="nowrap" className={classes.note} role="note">
      <IconFlask size={18} aria-hidden className={classes.noteIcon} />
      <Text size="sm">
        <b>{title}.</b> {text}
      </Text>
    </Group>
  );
}

function NavIcon({ href, label, icon }: { href: string; label: string; icon: ReactNode }) {
  const [here] = useRoute(href);
  return (
    <ActionIcon
      component={Link}
      href={href}
      size="lg"
      variant={here ? 'light' : 'subtle'}
      color={here ? 'teal' : 'gray'}
      aria-label={label}
      title={label}
      aria-current={here ? 'page' : undefined}
    >
      {icon}
    </ActionIcon>
  );
}
