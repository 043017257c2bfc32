import '@mantine/core/styles/Switch.css';
import { Alert, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTellProblem } from '../layout/notices.tsx';
import type { Job } from '../server/job.ts';
import { ConflictChoice, CorrectionState } from './correction-state.tsx';
import type { Names, Texts } from './corrections.ts';
import { type Editing, ParagraphList } from './paragraph-list.tsx';
import type { Player } from './player.ts';
import { ReplaceRow, SearchField } from './search-field.tsx';
import { type SpokenParagraph, spokenText, wordAt } from './spoken-text.ts';
import { Toolbar } from './toolbar.tsx';
import { type ReadVersion, type Segment, useVersion } from './transcript-data.ts';
import { useCorrections, useCorrectionsState } from './use-corrections.ts';
import { useSearch } from './use-search.ts';
import { OlderVersion, VersionMenu } from './version-menu.tsx';

/** The text with all that can be done with it: the newest version to correct, or an older one to look at. */
export function TranscriptText({ job, read, player }: { job: Job; read: ReadVersion; player: Player }) {
  const corrections = useCorrections(job, read);
  const state = useCorrectionsState(corrections);
  const tellProblem = useTellProblem();
  const [viewing, setViewing] = useState<string | null>(null);
  const older = useVersion(job.jobId, viewing);
  const [showUnsure, setShowUnsure] = useState(false);
  const [editing, setEditing] = useState<Editing | null>(null);

  const segments = older?.transcript.segments ?? state?.read ?? read.transcript.segments;
  const corrected = older ? undefined : state?.segments;
  const paragraphs = useMemo(() => spokenText(segments, corrected), [segments, corrected]);
  const correct = useCallback((texts: Texts) => corrections?.change(texts), [corrections]);
  const { search, setSearch, matches, match, replace } = useSearch(paragraphs, correct);
  const canCorrect = corrections !== null && viewing === null;
  const editNext = () => {
    const segment = paragraphs[nextToCorrect(paragraphs, player)]?.segments[0]?.id;
    if (canCorrect && segment !== undefined) setEditing({ segment, caret: 'start' });
  };
  useHotkeys([
    ['F2', editNext],
    ['mod+Z', () => canCorrect && corrections.undo()],
    ['mod+shift+Z', () => canCorrect && corrections.redo()],
  ]);

  function view(version: string | null): void {
    setEditing(null);
    setViewing(version);
  }

  function restore(): void {
    view(null);
    if (!older || !corrections || !state) return;
    const { segments } = older.transcript;
    correct(new Map(segments.map(({ id, text }) => [id, text])));
    const names = namesAs(segments, state.read);
    if (names.size > 0) corrections.nameSpeakers(names).catch(tellProblem);
  }

  return (
    <>
      <Toolbar
        job={job}
        text={older?.transcript.text ?? state?.text ?? read.transcript.text}
        version={viewing}
        showUnsure={showUnsure}
        onShowUnsure={setShowUnsure}
        onCorrect={canCorrect ? editNext : undefined}
        beforeTaking={async () => corrections?.saveNow()}
        search={
          <SearchField search={search} matches={matches} onSearch={setSearch} canReplace={canCorrect} />
        }
        versions={corrections && <VersionMenu job={job} viewing={viewing} onView={view} />}
      />
      {canCorrect && search.replacing && (
        <ReplaceRow
          replacing={search.replacing}
          matches={matches}
          onChange={(replacing) => setSearch({ ...search, at: 0, replacing })}
          onReplace={replace}
        />
      )}
      <Warnings job={job} />
      {corrections && state && <ConflictChoice corrections={corrections} state={state} />}
      {viewing !== null && <OlderVersion onRestore={restore} onLeave={() => view(null)} />}
      <ParagraphList
        paragraphs={paragraphs}
        language={read.transcript.language}
        player={player}
        showUnsure={showUnsure}
        match={match}
        editing={canCorrect ? editing : null}
        onEdit={canCorrect ? setEditing : undefined}
        onCorrect={correct}
        onName={
          canCorrect && state?.conflicts.length === 0
            ? (speaker, name) => corrections.nameSpeakers(new Map([[speaker, name]]))
            : undefined
        }
      />
      {canCorrect && state && <CorrectionState corrections={corrections} state={state} />}
      <CorrectionKeys />
    </>
  );
}

/** What those who are named now were called in an older version. */
function namesAs(older: readonly Segment[], now: readonly Segment[]): Names {
  const names = now.map(({ speaker }, index) => [speaker, older[index]?.speaker ?? null] as const);
  return new Map(
    names.filter((both): both is [string, string] => both[0] !== both[1] && !both.includes(null)),
  );
}

/** For screen readers, which read it with the field that it is about. */
function CorrectionKeys() {
  const { t } = useTranslation('transcript');
  return (
    <Text id="correction-keys" className="visually-hidden">
      {t('correctionKeys')}
    </Text>
  );
}

/** Where the keyboard is, else what is being spoken, as far as it is in sight; else what is in sight first. */
function nextToCorrect(paragraphs: SpokenParagraph[], player: Player): number {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-index]')];
  const inSight = rows.filter((row) => row.getBoundingClientRect().bottom > 200);
  const words = paragraphs.flatMap((paragraph) => paragraph.words);
  const spoken = wordAt(words, player.audio.currentTime);
  const spokenAt = paragraphs.findIndex((paragraph) =>
    paragraph.words.some(({ index }) => index === spoken?.index),
  );
  const candidates = [
    document.activeElement?.closest<HTMLElement>('[data-index]'),
    inSight.find((row) => row.dataset['index'] === String(spokenAt)),
    inSight[0],
  ];
  return Number(candidates.find(Boolean)?.dataset['index'] ?? 0);
}

function Warnings({ job }: { job: Job }) {
  const { t } = useTranslation('transcript');
  // The banner of the page tells of the demo model already.
  const told = job.warnings.filter((warning) => warning !== 'demo_model');
  if (told.length === 0) return null;
  return (
    <Alert variant="light" color="yellow" mb="sm" icon={<IconAlertTriangle />}>
      {told.map((warning) => (
        <Text key={warning} size="sm">
          {t(`warnings.${warning}`)}
        </Text>
      ))}
    </Alert>
  );
}
