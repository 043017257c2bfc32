import { splitAmongSegments } from '@verbatim/domain/corrections';
import { type KeyboardEvent, type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clockTime } from '../language/format.ts';
import type { Texts } from './corrections.ts';
import { textOfParagraph } from './find-text.ts';
import classes from './paragraph-list.module.css';
import type { SpokenParagraph } from './spoken-text.ts';

export type Caret = 'start' | 'end' | number;

/** So long after the last key what was typed is one correction: a step to undo, and soon saved. */
const pauseMs = 700;

/** One paragraph as plain text in a field: whatever is pasted stays text, and the keyboard goes on to the next one. */
export function ParagraphEditor({
  paragraph,
  caret,
  onTexts,
  onMove,
  onPlay,
  margin,
}: {
  paragraph: SpokenParagraph;
  caret: Caret;
  onTexts(texts: Texts): void;
  /** To the paragraph before or after, or out. */
  onMove(by: -1 | 0 | 1): void;
  onPlay(): void;
  margin: ReactNode;
}) {
  const { t } = useTranslation('transcript');
  const field = useRef<HTMLTextAreaElement>(null);
  const [opened] = useState<Texts>(() => new Map(paragraph.segments.map(({ id, text }) => [id, text])));
  const [text, setText] = useState(() => textOfParagraph(paragraph));
  /** What was typed and is not told yet; null: nothing. */
  const typed = useRef<string | null>(null);

  const tell = useEffectEvent(() => {
    if (typed.current === null) return;
    const split = splitAmongSegments(
      paragraph.segments.map((segment) => segment.text),
      typed.current,
    );
    typed.current = null;
    onTexts(new Map(paragraph.segments.map(({ id }, index) => [id, split[index] ?? ''])));
  });

  useEffect(() => {
    const element = field.current;
    if (!element) return;
    const at = caret === 'start' ? 0 : caret === 'end' ? element.value.length : caret;
    element.focus({ preventScroll: true });
    element.setSelectionRange(at, at);
  }, [caret]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each key begins the pause anew.
  useEffect(() => {
    const timer = setTimeout(tell, pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  // Who leaves within the pause is asked, as with all that is not saved yet. What is told here is saved on the way out.
  const leave = useEffectEvent((event: Event) => {
    if (typed.current === null) return;
    tell();
    event.preventDefault();
  });
  useEffect(() => {
    const onLeaving = (event: Event) => leave(event);
    window.addEventListener('beforeunload', onLeaving);
    // Before the document hears of it, where the corrections are saved.
    window.addEventListener('visibilitychange', onLeaving, { capture: true });
    return () => {
      window.removeEventListener('beforeunload', onLeaving);
      window.removeEventListener('visibilitychange', onLeaving, { capture: true });
      tell();
    };
  }, []);

  // Undone, or corrected elsewhere, while it stands open.
  const now = textOfParagraph(paragraph);
  useEffect(() => {
    if (typed.current === null) setText((shown) => (sameLetters(shown, now) ? shown : now));
  }, [now]);

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    // Enter ends what an input method composes.
    if (event.nativeEvent.isComposing) return;
    const step = stepOf(event);
    if (event.key === 'Enter' && event.altKey) onPlay();
    else if (event.key === 'Escape') {
      typed.current = null;
      onTexts(opened);
      onMove(0);
    } else if (step !== 0) onMove(step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className={classes.paragraph}>
      {margin}
      <div className={classes.editor} data-text={text}>
        <textarea
          ref={field}
          className={classes.field}
          dir="auto"
          rows={1}
          value={text}
          aria-label={t('correctionOf', { time: clockTime(paragraph.start) })}
          aria-describedby="correction-keys"
          onKeyDown={onKeyDown}
          onBlur={tell}
          onChange={(event) => {
            typed.current = event.currentTarget.value;
            setText(event.currentTarget.value);
          }}
        />
      </div>
    </div>
  );
}

/** Arrows go on where they would do nothing in the text. */
function stepOf({
  key,
  shiftKey,
  altKey,
  ctrlKey,
  metaKey,
  currentTarget,
}: KeyboardEvent<HTMLTextAreaElement>) {
  if (altKey || ctrlKey || metaKey) return 0;
  if (key === 'Tab') return shiftKey ? -1 : 1;
  if (key === 'Enter') return 1;
  const { selectionStart, selectionEnd, value } = currentTarget;
  if (shiftKey || selectionStart !== selectionEnd) return 0;
  if (key === 'ArrowDown' && selectionEnd === value.length) return 1;
  return key === 'ArrowUp' && selectionStart === 0 ? -1 : 0;
}

function sameLetters(one: string, other: string): boolean {
  return one.replace(/\s/g, '') === other.replace(/\s/g, '');
}
