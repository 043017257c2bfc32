import { Button, CloseButton, Group, Paper, Portal, Text } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemSentence } from '../language/problem-sentence.ts';
import classes from './notices.module.css';

interface Notice {
  /** A newer one of the same name takes the place of the older. */
  name: string;
  text: string;
  /** What can be done about it; without one it can be dismissed. */
  action?: { label: string; run(): void };
}

interface Notices {
  show(notice: Notice): void;
  hide(name: string): void;
}

const Context = createContext<Notices>({ show: () => {}, hide: () => {} });

/** Short news at the foot of the page, around all views; read out by screen readers, and in nobody's way. */
export function WithNotices({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [notices, setNotices] = useState<Notice[]>([]);
  const value = useMemo<Notices>(
    () => ({
      show: (notice) => setNotices((all) => [...all.filter(({ name }) => name !== notice.name), notice]),
      hide: (gone) => setNotices((all) => all.filter(({ name }) => name !== gone)),
    }),
    [],
  );
  return (
    <Context.Provider value={value}>
      {children}
      <Portal>
        <div role="status" className={classes.corner}>
          {notices.map(({ name, text, action }) => (
            <Paper key={name} withBorder shadow="md" p="sm" radius="md">
              <Group justify="space-between" wrap="nowrap">
                <Text size="sm" lineClamp={4}>
                  {text}
                </Text>
                {action ? (
                  <Button size="compact-sm" variant="light" flex="none" onClick={action.run}>
                    {action.label}
                  </Button>
                ) : (
                  <CloseButton size="sm" aria-label={t('dismiss')} onClick={() => value.hide(name)} />
                )}
              </Group>
            </Paper>
          ))}
        </div>
      </Portal>
    </Context.Provider>
  );
}

export function useNotices(): Notices {
  return useContext(Context);
}

/** Tells what went wrong with something that a person asked for. */
export function useTellProblem(): (error: unknown) => void {
  const { show } = useNotices();
  return useCallback((error) => show({ name: 'problem', text: problemSentence(error) }), [show]);
}
