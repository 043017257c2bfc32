import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';

/** A small button that is an icon only; its name is for screen readers and those who wait for it. */
export function QuietIcon({
  name,
  onClick,
  children,
  ...state
}: {
  name: string;
  onClick(): void;
  children: ReactNode;
  disabled?: boolean;
  'aria-expanded'?: boolean;
}) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={name}
      title={name}
      onClick={onClick}
      {...state}
    >
      {children}
    </ActionIcon>
  );
}
