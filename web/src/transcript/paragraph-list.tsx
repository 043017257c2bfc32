import { Text } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clockTime } from '../language/format.ts';
import classes from './paragraph-list.module.css';
import type { Player } from './player.ts';
import { type SpokenParagraph, type SpokenWord, wordAt } from './spoken-text.ts';

/** Below this the engine itself had doubts. */
const unsureBelow = 0.6;

/** The text in step with the sound: the spoken word is lit, a click plays it. Only what is in sight is drawn. */
export function ParagraphList({
  paragraphs,
  player,
  showUnsure,
  match,
}: {
  paragraphs: SpokenParagraph[];
  player: Player;
  showUnsure: boolean;
  /** The words that the search is at, by their index. */
  match: { from: number; to: number } | null;
}) {
  const { t } = useTranslation('transcript');
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: paragraphs.length,
    estimateSize: () => 140,
    overscan: 4,
    scrollMargin: top,
    scrollPaddingStart: 180,
  });
  const words = useMemo(() => paragraphs.flatMap((paragraph) => paragraph.words), [paragraphs]);
  useSpokenWord(list, words, player);

  useEffect(() => {
    if (!match) return;
    const at = paragraphs.findIndex((paragraph) => (paragraph.words.at(-1)?.index ?? -1) >= match.from);
    if (at >= 0) rows.scrollToIndex(at, { align: 'start' });
  }, [match, paragraphs, rows]);

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
              <Paragraph paragraph={paragraph} match={match} onTime={() => player.seek(paragraph.start)} />
            </div>
          )
        );
      })}
    </section>
  );
}

const Paragraph = memo(function Paragraph({
  paragraph,
  match,
  onTime,
}: {
  paragraph: SpokenParagraph;
  match: { from: number; to: number } | null;
  onTime(): void;
}) {
  const { t } = useTranslation('transcript');
  return (
    <div className={classes.paragraph}>
      <div className={classes.margin}>
        <button type="button" className={classes.time} onClick={onTime}>
          {clockTime(paragraph.start)}
        </button>
        {paragraph.speaker && (
          <Text size="xs" fw={600} c="teal" dir="auto">
            {t('speaker', { name: paragraph.speaker })}
          </Text>
        )}
      </div>
      <p className={classes.words} dir="auto">
        {paragraph.words.map((word) => (
          <Word key={word.index} word={word} found={isFound(word, match)} />
        ))}
      </p>
    </div>
  );
});

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
