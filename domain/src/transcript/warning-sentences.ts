import type { JobWarning } from '../job/job-record.ts';

/** For the readers of a transcript. */
export const warningSentences: Record<JobWarning, string> = {
  demo_model: 'Made with the demo model, which knows only a few words: expect most of the text to be wrong.',
  simulated:
    'Invented by the simulated engine, which listens to nothing: not a word of this was said in the recording.',
  no_speech: 'No speech was heard in this recording.',
  low_confidence: 'The speech engine was unsure of much of this text: read it with care.',
  repetition:
    'The speech engine repeated itself in places. The repetitions were taken out, but words may be missing there.',
  truncated: 'The file ends before its recording does: whatever was said after that is missing.',
};
