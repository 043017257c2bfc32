import { correctSegment } from '@verbatim/domain/corrections';
import { joinSentences, plainText } from '@verbatim/domain/plain-text';
import { isWorthRetrying, ServerProblem } from '../server/server-problem.ts';
import type { ReadVersion, Segment, Transcript } from './transcript-data.ts';

/** Texts of segments, by their ids. */
export type Texts = ReadonlyMap<number, string>;
/** Of speakers, by what they are called now. */
export type Names = ReadonlyMap<string, string>;

/** A segment that somebody else changed, too, since we read it. */
export interface Conflict {
  id: number;
  start: number;
  mine: string;
  theirs: string;
}

export interface CorrectionsState {
  /** As they were read, for what must not move while one types: the paragraphs. */
  read: readonly Segment[];
  /** The same as they are now. */
  segments: ReadonlyMap<number, Segment>;
  text: string;
  saving: 'untouched' | 'saved' | 'unsaved' | 'saving' | 'failed';
  conflicts: readonly Conflict[];
  canUndo: boolean;
  canRedo: boolean;
}

interface Server {
  /** Answers the ETag of the new version. Throws ServerProblem; 412: somebody else saved since `etag`; `*`: whoever did. */
  save(changed: { texts: Texts } | { names: Names }, etag: string): Promise<string>;
  readNewest(): Promise<ReadVersion>;
}

const saveAfterMs = 1_000;
const retryAfterMs = 5_000;

/**
 * A transcript while it is corrected: shows changes at once, saves them a moment later, one request at a time, and
 * brings together what two tabs changed. A plain object, since it outlives every drawing of the text.
 */
export class Corrections {
  private readonly server: Server;
  private readonly listeners = new Set<() => void>();
  /** As it was read: what times are found by, so that they don't drift while one types. */
  private read: Transcript;
  private etag: string;
  private saved: Map<number, string>;
  private texts: Map<number, string>;
  private past: Texts[] = [];
  private future: Texts[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  /** What the save that is under way carries. */
  private sending: Texts = new Map();
  private saving: CorrectionsState['saving'] = 'untouched';
  private conflicts: Conflict[] = [];
  private state: CorrectionsState | undefined;

  constructor({ transcript, etag }: ReadVersion, server: Server) {
    this.server = server;
    this.read = transcript;
    this.etag = etag;
    this.saved = textsOf(transcript);
    this.texts = new Map(this.saved);
  }

  getState = (): CorrectionsState => {
    this.state ??= this.stateNow();
    return this.state;
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get isSaved(): boolean {
    return this.unsaved().size === 0;
  }

  /** Whether this is the version that we know as the newest. */
  knows(version: string): boolean {
    return version === 'original' ? !this.etag.startsWith('"v') : this.etag.startsWith(`"${version}.`);
  }

  change(texts: Texts): void {
    const before = this.put(texts);
    if (before.size === 0) return;
    this.past.push(before);
    this.future = [];
    this.saveSoon();
  }

  undo(): void {
    this.step(this.past, this.future);
  }

  redo(): void {
    this.step(this.future, this.past);
  }

  /** Resolves when all is saved, or can't be for now: `isSaved` tells. */
  async saveNow(): Promise<void> {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.conflicts.length > 0) return;
    if (this.isSaved) {
      if (this.saving === 'unsaved') {
        this.saving = 'saved';
        this.tell();
      }
      return;
    }
    this.running = this.save().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Saved at once, after what was typed: paragraphs may become others by it. Throws ServerProblem. */
  async nameSpeakers(names: Names): Promise<void> {
    await this.saveNow();
    while (this.running) await this.running;
    // First of all the person is asked.
    if (this.conflicts.length > 0) return;
    const naming = this.saveNames(names);
    this.running = naming
      .catch(() => {})
      .finally(() => {
        this.running = null;
      });
    await naming;
  }

  /**
   * The page may go in a moment, and with it all that waits for the answer to a save that is under way. So what was typed
   * during it goes at once, over whatever version that makes; what became of it the next save finds out, if there is one.
   */
  saveOnLeaving(): void {
    if (!this.running) void this.saveNow();
    else {
      const late = [...this.unsaved()].filter(([id, text]) => this.sending.get(id) !== text);
      if (late.length > 0) void this.server.save({ texts: new Map(late) }, '*').catch(() => {});
    }
  }

  /** Theirs is a version on the server; ours, where it gives way, comes back by undo. */
  settle(whose: 'mine' | 'theirs'): void {
    const theirs = new Map(this.conflicts.map((conflict) => [conflict.id, conflict.theirs]));
    this.conflicts = [];
    if (whose === 'theirs') this.change(theirs);
    this.saving = this.isSaved ? 'saved' : 'unsaved';
    this.tell();
    void this.saveNow();
  }

  /** Somebody else may have saved: takes over what does not touch what is unsaved here. */
  async refresh(): Promise<void> {
    while (this.running) await this.running;
    if (this.conflicts.length > 0) return;
    this.bringTogether(await this.server.readNewest());
    this.tell();
  }

  private step(from: Texts[], to: Texts[]): void {
    const texts = from.pop();
    if (!texts) return;
    to.push(this.put(texts));
    this.saveSoon();
  }

  /** Answers what they were before, of those that are others now. */
  private put(texts: Texts): Texts {
    const before = new Map<number, string>();
    for (const [id, text] of texts) {
      const [old, plain] = [this.texts.get(id), plainText(text)];
      if (old === undefined || old === plain) continue;
      before.set(id, old);
      this.texts.set(id, plain);
    }
    return before;
  }

  private saveSoon(): void {
    clearTimeout(this.timer);
    this.saving = 'unsaved';
    this.tell();
    this.timer = setTimeout(() => void this.saveNow(), saveAfterMs);
  }

  private unsaved(): Map<number, string> {
    return new Map([...this.texts].filter(([id, text]) => this.saved.get(id) !== text));
  }

  private async save(): Promise<void> {
    this.saving = 'saving';
    this.tell();
    try {
      const texts = this.unsaved();
      this.sending = texts;
      this.etag = await this.server.save({ texts }, this.etag);
      for (const [id, text] of texts) this.saved.set(id, text);
      this.saving = 'saved';
    } catch (error) {
      await this.afterRefusal(error);
    }
    this.sending = new Map();
    if (this.saving === 'saved' && !this.isSaved) this.saveSoon();
    this.tell();
  }

  private async saveNames(names: Names): Promise<void> {
    try {
      this.etag = await this.server.save({ names }, this.etag);
    } catch (error) {
      if (!isOutdated(error)) throw error;
      // What somebody else corrected meanwhile is nothing against a name, unless it was the same name.
      this.bringTogether(await this.server.readNewest());
      if (this.conflicts.length > 0) return;
      this.etag = await this.server.save({ names }, this.etag);
    } finally {
      this.tell();
    }
    this.bringTogether(await this.server.readNewest());
    this.tell();
  }

  private async afterRefusal(error: unknown): Promise<void> {
    try {
      if (!isOutdated(error)) throw error;
      this.bringTogether(await this.server.readNewest());
      if (this.conflicts.length === 0) this.saving = 'saved';
    } catch (problem) {
      this.saving = 'failed';
      if (isWorthRetrying(problem)) this.timer = setTimeout(() => void this.saveNow(), retryAfterMs);
    }
  }

  /** What only one side changed stays changed; where both changed the same segment, the person is asked. */
  private bringTogether({ transcript, etag }: ReadVersion): void {
    const [mine, before, now] = [this.unsaved(), this.saved, textsOf(transcript)];
    this.read = transcript;
    this.etag = etag;
    this.saved = now;
    this.texts = new Map([...now, ...mine]);
    this.conflicts = transcript.segments.flatMap(({ id, start }) => {
      const [my, theirs] = [mine.get(id), now.get(id) ?? ''];
      return my === undefined || theirs === before.get(id) || theirs === my
        ? []
        : [{ id, start, mine: my, theirs }];
    });
  }

  private tell(): void {
    this.state = this.stateNow();
    for (const listener of this.listeners) listener();
  }

  private stateNow(): CorrectionsState {
    const segments = this.read.segments.map((segment) => this.shown(segment));
    const texts = segments.map(({ text }) => text).filter((text) => text !== '');
    return {
      read: this.read.segments,
      segments: new Map(segments.map((segment) => [segment.id, segment])),
      text: joinSentences(texts),
      saving: this.saving,
      conflicts: this.conflicts,
      canUndo: this.past.length > 0,
      canRedo: this.future.length > 0,
    };
  }

  /** The same object as before, where nothing was changed: only what changes is drawn again. */
  private shown(read: Segment): Segment {
    const text = this.texts.get(read.id) ?? read.text;
    const before = this.state?.segments.get(read.id);
    if (before && this.state?.read === this.read.segments && plainText(before.text) === text) return before;
    return correctSegment(read, text);
  }
}

/** Somebody else saved since we read it. */
function isOutdated(error: unknown): boolean {
  return error instanceof ServerProblem && error.status === 412;
}

function textsOf({ segments }: Transcript): Map<number, string> {
  return new Map(segments.map(({ id, text }) => [id, plainText(text)]));
}
