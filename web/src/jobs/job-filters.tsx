import { Group, NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Job } from '../server/job.ts';

const statuses = ['QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELED'] as const;
const ages = [1, 7, 30] as const;
const dayMs = 24 * 60 * 60_000;

/** What a person wants to see of their list. */
export interface Wish {
  status: Job['status'] | null;
  /** How far back in days, and the time that this was when it was chosen. */
  age: { days: (typeof ages)[number]; from: string } | null;
  typed: string;
}

export const everything: Wish = { status: null, age: null, typed: '' };

/** Kept with the browser's place in its history: who comes back from a transcript finds what they had searched for. */
export function rememberedWish(): Wish {
  return (window.history.state as { wish?: Wish } | null)?.wish ?? everything;
}

export function rememberWish(wish: Wish): void {
  window.history.replaceState({ ...window.history.state, wish }, '');
}

export function JobFilters({ wish, onChange }: { wish: Wish; onChange(wish: Wish): void }) {
  const { t } = useTranslation('jobs');

  function chooseAge(value: string): void {
    const days = ages.find((each) => String(each) === value);
    const age = days ? { days, from: new Date(Date.now() - days * dayMs).toISOString() } : null;
    onChange({ ...wish, age });
  }

  return (
    <Group justify="space-between" gap="xs">
      <Group gap="xs" wrap="nowrap">
        <NativeSelect
          size="xs"
          aria-label={t('filter.label')}
          value={wish.status ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...wish, status: statuses.find((status) => status === value) ?? null })
          }
          data={[
            { value: '', label: t('filter.all') },
            ...statuses.map((value) => ({ value, label: t(`filter.${value}`) })),
          ]}
        />
        <NativeSelect
          size="xs"
          aria-label={t('age.label')}
          value={wish.age?.days ?? ''}
          onChange={(event) => chooseAge(event.currentTarget.value)}
          data={[
            { value: '', label: t('age.any') },
            ...ages.map((days) => ({ value: String(days), label: t('age.days', { count: days }) })),
          ]}
        />
      </Group>
      <TextInput
        size="xs"
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<IconSearch size={16} />}
        value={wish.typed}
        onChange={(event) => onChange({ ...wish, typed: event.currentTarget.value })}
      />
    </Group>
  );
}
