import { Button, Checkbox, Group, Text, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconReplace, IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { QuietIcon } from './quiet-icon.tsx';

export interface Search {
  text: string;
  /** Which of the matches is shown, from 0. */
  at: number;
  /** Null: only searched. */
  replacing: { by: string; matchCase: boolean } | null;
}

export const noSearch: Search = { text: '', at: 0, replacing: null };

/** Finds in the text. */
export function SearchField({
  search,
  matches,
  onSearch,
  canReplace,
}: {
  search: Search;
  matches: number;
  onSearch(search: Search): void;
  canReplace: boolean;
}) {
  const { t } = useTranslation('transcript');
  const go = (by: number) => matches > 0 && onSearch({ ...search, at: (search.at + by + matches) % matches });
  return (
    <Group gap={4} wrap="nowrap">
      <TextInput
        size="xs"
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<IconSearch size={16} />}
        value={search.text}
        onChange={(event) => onSearch({ ...search, text: event.currentTarget.value, at: 0 })}
        onKeyDown={(event) => event.key === 'Enter' && go(event.shiftKey ? -1 : 1)}
      />
      {canReplace && (
        <QuietIcon
          name={t('replacing')}
          aria-expanded={search.replacing !== null}
          onClick={() =>
            onSearch({
              ...search,
              at: 0,
              replacing: search.replacing ? null : { by: '', matchCase: false },
            })
          }
        >
          <IconReplace size={16} />
        </QuietIcon>
      )}
      {search.text.trim() !== '' && (
        <>
          <Text size="xs" c="dimmed" role="status" style={{ whiteSpace: 'nowrap' }}>
            {matches === 0 ? t('notFound') : t('found', { at: search.at + 1, count: matches })}
          </Text>
          <QuietIcon name={t('previous')} onClick={() => go(-1)}>
            <IconChevronUp size={16} />
          </QuietIcon>
          <QuietIcon name={t('following')} onClick={() => go(1)}>
            <IconChevronDown size={16} />
          </QuietIcon>
        </>
      )}
    </Group>
  );
}

/** And replaces what it finds. */
export function ReplaceRow({
  replacing,
  matches,
  onChange,
  onReplace,
}: {
  replacing: NonNullable<Search['replacing']>;
  matches: number;
  onChange(replacing: Search['replacing']): void;
  onReplace(which: 'one' | 'all'): void;
}) {
  const { t } = useTranslation('transcript');
  return (
    <Group gap="xs" pb="sm">
      <TextInput
        size="xs"
        aria-label={t('replaceBy')}
        placeholder={t('replaceBy')}
        value={replacing.by}
        onChange={(event) => onChange({ ...replacing, by: event.currentTarget.value })}
        onKeyDown={(event) => event.key === 'Enter' && matches > 0 && onReplace('one')}
      />
      <Checkbox
        size="xs"
        label={t('matchCase')}
        checked={replacing.matchCase}
        onChange={(event) => onChange({ ...replacing, matchCase: event.currentTarget.checked })}
      />
      <Button size="compact-xs" variant="light" disabled={matches === 0} onClick={() => onReplace('one')}>
        {t('replace')}
      </Button>
      <Button size="compact-xs" variant="light" disabled={matches === 0} onClick={() => onReplace('all')}>
        {t('replaceAll', { count: matches })}
      </Button>
    </Group>
  );
}
