import { type JobRecord, type JobWarning, type Mail, ruleOf } from '@verbatim/domain';
import { lettersOf } from './letters.ts';
import { type Block, renderHtml, renderText } from './mail-body.ts';

export interface JobMailParts {
  link: { url: string; until: number };
  /** The first words of the transcript; null or empty when there are none to show. */
  preview: string | null;
}

/** What a user reads at the end of a job. */
export function jobMail(job: JobRecord, parts: JobMailParts): Pick<Mail, 'subject' | 'text' | 'html'> {
  const name = fileNameOf(job);
  const completed = job.status === 'COMPLETED';
  const subject = `${completed ? 'Transcript ready' : 'Transcription failed'}: ${name}`;
  const blocks = completed ? aboutTranscript(job, name, parts) : aboutFailure(job, name);
  return { subject, text: renderText(blocks), html: renderHtml(subject, blocks) };
}

function aboutTranscript(job: JobRecord, name: string, { link, preview }: JobMailParts): Block[] {
  const warnings = job.result?.warnings ?? [];
  return [
    { heading: 'Your transcript is ready.' },
    {
      facts: [
        ['File', name],
        ['Status', 'completed'],
        ['Duration', durationOf(job.durationSeconds)],
        ['Language', languageOf(job.result?.language)],
        ['Job', job.jobId],
      ],
    },
    ...warnings.map((warning) => ({ warning: warningSentences[warning] })),
    { link: link.url, label: 'Download the transcript' },
    {
      paragraph: `The link works for 24 hours, until ${timeOf(link.until)}. Whoever has it can read the transcript.`,
    },
    ...(preview ? [{ paragraph: 'It begins:' }, { quote: preview }] : []),
  ];
}

function aboutFailure(job: JobRecord, name: string): Block[] {
  const code = job.errorCode ?? 'internal.unexpected';
  return [
    { heading: 'Your recording could not be transcribed.' },
    { paragraph: ruleOf(code).message },
    {
      facts: [
        ['File', name],
        ['Status', 'failed'],
        ['Reason', code],
        ['Job', job.jobId],
      ],
    },
    { paragraph: 'Quote the id of the job when you ask for help.' },
  ];
}

const warningSentences: Record<JobWarning, string> = {
  demo_model:
    'This was made with the demo model, which knows only a few words: expect most of the text to be wrong. ' +
    'For real work the operator has to install a real model (the setting WHISPER_MODEL).',
  simulated:
    'This text was invented by the simulated engine, which listens to nothing: not a word of it was said in the recording. ' +
    'For real work the operator has to take ENGINE=simulated out of the settings.',
  no_speech: 'We heard no speech in this recording, so the transcript is empty.',
  low_confidence: 'The speech engine was unsure of much of this text: read it with care.',
  repetition:
    'The speech engine repeated itself in places. We took the repetitions out, but words may be missing there.',
  truncated:
    'The file ends before its recording does, so that the end of the text is missing. Upload the whole file again.',
};

/** A stranger may have chosen the name: one line, of a length to read, and nothing that turns the reading direction. */
function fileNameOf(job: JobRecord): string {
  const clean = job.fileName
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '');
  const letters = lettersOf(clean.trim());
  return letters.length <= 100 ? letters.join('') : `${letters.slice(0, 99).join('')}…`;
}

function durationOf(seconds: number | null): string {
  if (seconds === null) return 'unknown';
  const whole = Math.round(seconds);
  const parts = [
    `${Math.floor(whole / 3600)} h`,
    `${Math.floor((whole % 3600) / 60)} min`,
    `${whole % 60} s`,
  ].filter((part) => !part.startsWith('0 '));
  return parts.join(' ') || '0 s';
}

/** The code itself where there is no name for it: engines invent codes. */
function languageOf(code = ''): string {
  if (!/^[a-z]{2,3}$/.test(code)) return code || 'unknown';
  return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code;
}

function timeOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
