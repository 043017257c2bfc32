import { Button, Stack, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import sampleAddress from '../../../test_sample/en-one-minute.mp3?url';
import { useTellProblem } from '../layout/notices.tsx';
import { fetchFromServer } from '../server/fetch-from-server.ts';
import { useUploadQueue } from '../uploads/uploads.tsx';

/** What an empty page says: what to do, and a recording to try it with. */
export function FirstSteps() {
  const { t } = useTranslation('jobs');
  const queue = useUploadQueue();
  const tellProblem = useTellProblem();
  const [busy, setBusy] = useState(false);

  async function trySample(): Promise<void> {
    setBusy(true);
    try {
      const sample = await (await fetchFromServer(sampleAddress)).blob();
      queue.add([new File([sample], t('first.sampleName'), { type: 'audio/mpeg' })], {});
    } catch (error) {
      tellProblem(error);
      setBusy(false);
    }
  }

  return (
    <Stack align="center" gap="sm" py="xl">
      <Text c="dimmed" ta="center" maw={460}>
        {t('first.text')}
      </Text>
      <Button
        variant="light"
        loading={busy}
        leftSection={<IconPlayerPlay size={16} />}
        onClick={() => void trySample()}
      >
        {t('first.try')}
      </Button>
    </Stack>
  );
}
