import { type JobRecord, type Mail, ruleOf } from '@verbatim/domain';
import { escapeHtml, htmlPage } from './html-page.ts';

export interface JobMailParts {
  link: { url: string; until: number };
  /** The first words of the transcript, or null when there is none to show. */
  preview: string | null;
}

type MailContent = Pick<Mail, 'subject' | 'text' | 'html'>;

/** What a user reads at the end of a job, in plain text and in HTML with the same words. */
export function jobMail(job: JobRecord, parts: JobMailParts): MailContent {
  return job.status === 'COMPLETED' ? completedMail(job, parts) : failedMail(job);
}

function completedMail(job: JobRecord, { link, preview }: JobMailParts): MailContent {
  const title = `Transcript ready: ${nameOf(job)}`;
  const facts = [
    ['Status', 'completed'],
    ['Length', lengthOf(job.durationSeconds)],
    ['Language', languageOf(job.result?.language)],
    ['Job', job.jobId],
  ] as const;
  const warnings = warningsOf(job);
  const until = `The link works for 24 hours, until ${timeOf(link.until)}. Whoever has it can read the transcript.`;

  const text = [
    'Your transcript is ready.',
    factLines([['File', nameOf(job)], ...facts]),
    ...warnings,
    `Download it here:\n${link.url}\n${until}`,
    ...(preview ? [`It begins:\n\n${preview}`] : []),
  ];
  const html = [
    `<h1>Your transcript is ready</h1>`,
    `<p class="file" dir="auto">${escapeHtml(nameOf(job))}</p>`,
    factList(facts),
    ...warnings.map((warning) => `<p class="warning">${escapeHtml(warning)}</p>`),
    `<p><a class="button" href="${escapeHtml(link.url)}">Download the transcript</a></p>`,
    `<p class="small">${escapeHtml(until)}</p>`,
    ...(preview ? [`<p>It begins:</p>\n<blockquote dir="auto">${escapeHtml(preview)}</blockquote>`] : []),
  ];
  return { subject: title, text: plain(text), html: htmlPage(title, html) };
}

function failedMail(job: JobRecord): MailContent {
  const title = `Transcription failed: ${nameOf(job)}`;
  const reason = ruleOf(job.errorCode ?? 'internal.unexpected').message;
  const facts = [
    ['Status', 'failed'],
    ['Reason', job.errorCode ?? 'internal.unexpected'],
    ['Job', job.jobId],
  ] as const;
  const help = 'Quote the id of the job when you ask for help.';

  const text = [
    'Your recording could not be transcribed.',
    reason,
    factLines([['File', nameOf(job)], ...facts]),
    help,
  ];
  const html = [
    `<h1>Your recording could not be transcribed</h1>`,
    `<p class="file" dir="auto">${escapeHtml(nameOf(job))}</p>`,
    `<p>${escapeHtml(reason)}</p>`,
    factList(facts),
    `<p class="small">${help}</p>`,
  ];
  return { subject: title, text: plain(text), html: htmlPage(title, html) };
}

function warningsOf(job: JobRecord): string[] {
  const sentences = {
    demo_model:
      'This was made with the demo model, which knows only a few words: expect most of the text to be wrong. ' +
      'For real work the operator has to install a real model (the setting WHISPER_MODEL).',
    no_speech: 'We heard no speech in this recording, so the transcript is empty.',
  };
  return (job.result?.warnings ?? []).map((warning) => sentences[warning]);
}

/** A stranger may have chosen the name: one line, of a length to read, and nothing that turns the reading direction. */
function nameOf(job: JobRecord): string {
  const clean = job.fileName
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '');
  const letters = [...clean.trim()];
  return letters.length <= 100 ? letters.join('') : `${letters.slice(0, 99).join('')}…`;
}

function lengthOf(seconds: number | null): string {
  if (seconds === null) return 'unknown';
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ].filter(([count]) => count !== 0);
  return parts.length === 0 ? '0 s' : parts.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** The code itself where there is no name for it: engines invent codes. */
function languageOf(code: string | undefined): string {
  if (!code || !/^[a-z]{2,3}$/.test(code)) return code || 'unknown';
  return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code;
}

function timeOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

type Facts = readonly (readonly [name: string, value: string])[];

function factLines(facts: Facts): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  return facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`).join('\n');
}

function factList(facts: Facts): string {
  const lines = facts.map(([name, value]) => `<b>${name}:</b> ${escapeHtml(value)}`);
  return `<p>${lines.join('<br>\n')}</p>`;
}

function plain(paragraphs: string[]): string {
  return `${paragraphs.join('\n\n')}\n\n-- \nVerbatim\n`;
}
