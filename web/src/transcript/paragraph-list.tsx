import { ActionIcon } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type MouseEvent,
  memo,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { clockTime } from '../language/format.ts';
import type { Texts } from './corrections.ts';
import { type Caret, ParagraphEditor } from './paragraph-editor.tsx';
import classes from './paragraph-list.module.css';
import type { Player } from './player.ts';
import { SpeakerName } from './speaker-name.tsx';
import { type SpokenParagraph, type SpokenWord, wordAt } from './spoken-text.ts';

/** Below this the engine itself had doubts. */
const unsureBelow = 0.6;

/** Which paragraph is being corrected, and where its caret begins. */
export interface Editing {
  /** The id of its first segment: paragraphs may be others when somebody else has corrected them. */
  segment: number;
  caret: Caret;
}

/** The text in step with the sound: the spoken word is lit, a click plays it. Only what is in sight is drawn. */
export function ParagraphList({
  paragraphs,
  language,
  player,
  showUnsure,
  match,
  editing,
  onEdit,
  onCorrect,
  onName,
}: {
  paragraphs: SpokenParagraph[];
  /** In which it is written: for who has it read out, and for spelling. */
  language: string;
  player: Player;
  showUnsure: boolean;
  /** The words that the search is at, by their index. */
  match: { from: number; to: number } | null;
  editing: Editing | null;
  /** Absent where nothing can be corrected. */
  onEdit: ((editing: Editing | null) => void) | undefined;
  onCorrect(texts: Texts): void;
  /** Absent where nobody can be named. Rejects with what the server says. */
  onName: OnName | undefined;
}) {
  const { t } = useTranslation('transcript');
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const editedAt = editing
    ? paragraphs.findIndex(({ segments }) => segments.some(({ id }) => id === editing.segment))
    : -1;
  const rows = useWindowVirtualizer({
    count: paragraphs.length,
    estimateSize: () => 140,
    overscan: 4,
    scrollMargin: top,
    // What sticks above: the page's head, the player, the search.
    scrollPaddingStart: 240,
    getItemKey: (index) => paragraphs[index]?.segments[0]?.id ?? index,
    // Who scrolls away from what they are writing finds it again as they left it.
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range);
      if (editedAt < 0 || inSight.includes(editedAt)) return inSight;
      return [...inSight, editedAt].sort((a, b) => a - b);
    },
  });
  const words = useMemo(() => paragraphs.flatMap((paragraph) => paragraph.words), [paragraphs]);
  useSpokenWord(list, words, player);

  useEffect(() => {
    if (!match) return;
    const at = paragraphs.findIndex((paragraph) => (paragraph.words.at(-1)?.index ?? -1) >= match.from);
    if (at >= 0) rows.scrollToIndex(at, { align: 'start' });
  }, [match, paragraphs, rows]);

  function edit(index: number, caret: Caret): void {
    const segment = paragraphs[index]?.segments[0]?.id;
    if (!onEdit || segment === undefined) return;
    rows.scrollToIndex(index, { align: 'auto' });
    onEdit({ segment, caret });
  }

  /** With nobody to go on to, the keyboard is back where it came from. */
  function move(index: number, by: -1 | 0 | 1): void {
    if (by !== 0 && paragraphs[index + by]) {
      edit(index + by, by === 1 ? 'start' : 'end');
      return;
    }
    onEdit?.(null);
    const row = `[data-index="${index}"] [data-correct]`;
    setTimeout(() => list.current?.querySelector<HTMLElement>(row)?.focus());
  }

  function play(event: MouseEvent): void {
    // Who selects text wants to copy it, not to hear it.
    if (!window.getSelection()?.isCollapsed) return;
    const word =
      words[Number((event.target as HTMLElement).closest('[data-word]')?.getAttribute('data-word'))];
    if (word && (event.target as HTMLElement).closest('[data-word]')) player.seek(word.start);
  }

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has the times before each paragraph, and the player.
    <section
      ref={list}
      aria-label={t('text')}
      lang={language === 'und' ? undefined : language}
      className={classes.list}
      data-unsure={showUnsure || undefined}
      style={{ height: rows.getTotalSize() }}
      onClick={play}
    >
      {rows.getVirtualItems().map(({ index, key, start }) => {
        const paragraph = paragraphs[index];
        return (
          paragraph && (
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={classes.item}
              style={{ transform: `translateY(${start - top}px)` }}
            >
              {editing && editedAt === index ? (
                <ParagraphEditor
                  paragraph={paragraph}
                  caret={editing.caret}
                  onTexts={onCorrect}
                  onMove={(by) => move(index, by)}
                  onPlay={() => player.toggle()}
                  margin={
                    <Margin
                      paragraph={paragraph}
                      onTime={() => player.seek(paragraph.start)}
                      onName={onName}
                    />
                  }
                />
              ) : (
                <Paragraph
                  paragraph={paragraph}
                  match={match}
                  onTime={() => player.seek(paragraph.start)}
                  onEdit={onEdit ? (caret) => edit(index, caret) : undefined}
                  onName={onName}
                />
              )}
            </div>
          )
        );
      })}
    </section>
  );
}

type OnName = (speaker: string, name: string) => Promise<void>;

interface ParagraphProps {
  paragraph: SpokenParagraph;
  match: { from: number; to: number } | null;
  onTime(): void;
  onEdit: ((caret: Caret) => void) | undefined;
  onName: OnName | undefined;
}

const Paragraph = memo(
  function Paragraph({ paragraph, match, onTime, onEdit, onName }: ParagraphProps) {
    const { t } = useTranslation('transcript');

    /** Where the word that was clicked twice begins. */
    function editAt(event: MouseEvent): void {
      const word = (event.target as HTMLElement).closest('[data-word]');
      if (!word || !onEdit) return;
      window.getSelection()?.removeAllRanges();
      onEdit(textBefore(word));
    }

    return (
      <div className={classes.paragraph}>
        <Margin paragraph={paragraph} onTime={onTime} onName={onName}>
          {onEdit && (
            <ActionIcon
              data-correct
              className={classes.pencil}
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('correctAt', { time: clockTime(paragraph.start) })}
              title={t('correctKeys')}
              onClick={() => onEdit('start')}
            >
              <IconPencil size={14} stroke={1.6} />
            </ActionIcon>
          )}
        </Margin>
        <p className={classes.words} dir="auto" onDoubleClick={editAt}>
          {paragraph.words.map((word) => (
            <Word key={word.index} word={word} found={isFound(word, match)} />
          ))}
        </p>
      </div>
    );
  },
  // The callbacks are made anew each time and always do the same for the same paragraph.
  (before, now) =>
    before.paragraph === now.paragraph &&
    before.match === now.match &&
    (before.onEdit === undefined) === (now.onEdit === undefined) &&
    (before.onName === undefined) === (now.onName === undefined),
);

function Margin({
  paragraph,
  onTime,
  onName,
  children,
}: {
  paragraph: SpokenParagraph;
  onTime(): void;
  onName: OnName | undefined;
  children?: ReactNode;
}) {
  const { speaker } = paragraph;
  return (
    <div className={classes.margin}>
      <div className={classes.marginLine}>
        <button type="button" className={classes.time} onClick={onTime}>
          {clockTime(paragraph.start)}
        </button>
        {children}
      </div>
      {speaker && <SpeakerName speaker={speaker} onName={onName && ((name) => onName(speaker, name))} />}
    </div>
  );
}

/** How many letters of the paragraph stand before a word. */
function textBefore(word: Element): number {
  const range = document.createRange();
  range.setStart(word.parentElement ?? word, 0);
  range.setEndBefore(word);
  return range.toString().length;
}

function Word({ word, found }: { word: SpokenWord; found: boolean }) {
  return (
    <>
      {word.spaced ? ' ' : ''}
      <span
        data-word={word.index}
        data-doubt={word.confidence < unsureBelow || undefined}
        data-found={found || undefined}
      >
        {word.text}
      </span>
    </>
  );
}

function isFound({ index }: SpokenWord, match: { from: number; to: number } | null): boolean {
  return match !== null && index >= match.from && index <= match.to;
}

/** Lights the spoken word by hand: React has nothing to decide here, sixty times a second. */
function useSpokenWord(list: { current: HTMLElement | null }, words: SpokenWord[], player: Player): void {
  useEffect(() => {
    let lit: Element | null = null;
    return player.onPosition((seconds) => {
      const word = wordAt(words, seconds);
      const element = word ? list.current?.querySelector(`[data-word="${word.index}"]`) : null;
      if (element === lit) return;
      lit?.removeAttribute('data-spoken');
      element?.setAttribute('data-spoken', '');
      lit = element ?? null;
    });
  }, [list, words, player]);
}
