import { Button, Stack, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * Instead of the page when a view could not be drawn, or its file not be fetched: after an update of the server an open
 * page asks for files that are no more.
 */
export class OrFailed extends Component<{ children: ReactNode }, { failed: boolean }> {
  override readonly state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <FailedPage /> : this.props.children;
  }
}

function FailedPage() {
  const { t } = useTranslation();
  return (
    <Stack component="main" align="center" py="20dvh" px="md" role="alert">
      <Title order={1} size="h2" ta="center">
        {t('failed.title')}
      </Title>
      <Button variant="light" onClick={() => window.location.reload()}>
        {t('failed.again')}
      </Button>
    </Stack>
  );
}
