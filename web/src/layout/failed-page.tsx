import { Button, Stack, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * Instead of what could not be drawn, or whose file not be fetched: without a line, or after an update of the server, when an
 * open page asks for files that are no more. Around each view, so that what is uploaded goes on; and around all, `whole`.
 */
export class OrFailed extends Component<{ whole?: boolean; children: ReactNode }, { failed: boolean }> {
  override readonly state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Failed whole={this.props.whole ?? false} /> : this.props.children;
  }
}

function Failed({ whole }: { whole: boolean }) {
  const { t } = useTranslation();
  return (
    <Stack {...(whole && { component: 'main' })} align="center" py="20dvh" px="md" role="alert">
      <Title order={1} size="h2" ta="center">
        {t('failed.title')}
      </Title>
      <Button variant="light" onClick={() => window.location.reload()}>
        {t('failed.again')}
      </Button>
    </Stack>
  );
}
