import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { clockTime } from '../language/format.ts';
import classes from './correction-state.module.css';
import type { Corrections, CorrectionsState } from './corrections.ts';
import { QuietIcon } from './quiet-icon.tsx';

/** How it stands with what was changed. Quiet: only what went wrong is read out. */
export function CorrectionState({
  corrections,
  state,
}: {
  corrections: Corrections;
  state: CorrectionsState;
}) {
  const { t } = useTranslation('transcript');
  if (state.saving === 'untouched') return null;
  return (
    <Paper withBorder shadow="sm" radius="xl" className={classes.state}>
      <Text
        size="xs"
        c="dimmed"
        role={state.saving === 'failed' ? 'alert' : undefined}
        data-saving={state.saving}
      >
        {t(`saving.${state.saving}`)}
      </Text>
      <QuietIcon name={t('undo')} disabled={!state.canUndo} onClick={() => corrections.undo()}>
        <IconArrowBackUp size={16} />
      </QuietIcon>
      <QuietIcon name={t('redo')} disabled={!state.canRedo} onClick={() => corrections.redo()}>
        <IconArrowForwardUp size={16} />
      </QuietIcon>
    </Paper>
  );
}

const shownConflicts = 3;

/** The same place was corrected elsewhere: the person chooses, and both texts stay among the versions or can be undone. */
export function ConflictChoice({
  corrections,
  state,
}: {
  corrections: Corrections;
  state: CorrectionsState;
}) {
  const { t } = useTranslation('transcript');
  if (state.conflicts.length === 0) return null;
  const more = state.conflicts.length - shownConflicts;
  return (
    <Alert color="orange" variant="light" mb="sm" role="alert" icon={<IconAlertTriangle />}>
      <Stack gap="sm">
        <Text fw={600}>{t('conflict.title')}</Text>
        {state.conflicts.slice(0, shownConflicts).map(({ id, start, mine, theirs }) => (
          <dl key={id} style={{ margin: 0 }}>
            <Text component="dt" size="sm" fw={600}>
              {t('conflict.mine', { time: clockTime(start) })}
            </Text>
            <Text component="dd" size="sm" m={0} dir="auto">
              {mine || t('conflict.nothing')}
            </Text>
            <Text component="dt" size="sm" fw={600} mt={4}>
              {t('conflict.theirs')}
            </Text>
            <Text component="dd" size="sm" m={0} dir="auto">
              {theirs || t('conflict.nothing')}
            </Text>
          </dl>
        ))}
        {more > 0 && <Text size="sm">{t('conflict.more', { count: more })}</Text>}
        <Group gap="xs">
          <Button size="compact-sm" variant="light" onClick={() => corrections.settle('mine')}>
            {t('conflict.keepMine')}
          </Button>
          <Button size="compact-sm" variant="light" onClick={() => corrections.settle('theirs')}>
            {t('conflict.takeTheirs')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
