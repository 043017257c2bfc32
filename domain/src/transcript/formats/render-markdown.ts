import { paragraphsOf } from '../paragraphs.ts';
import { plainText } from '../plain-text.ts';
import type { Transcript } from '../transcript.ts';
import { warningSentences } from '../warning-sentences.ts';
import { clockTime } from './timestamp.ts';

/** For people and for wikis: what it is and how far to trust it, then paragraphs with their times and speakers. */
export function renderMarkdown(
  transcript: Transcript,
  { title = 'Transcript' }: { title?: string } = {},
): string {
  const { language, durationSeconds, model, confidence, segments, warnings, options } = transcript;
  const facts = [
    `Language: ${languageName(language)}${options?.task === 'translate' ? ', translated into English' : ''}`,
    `Duration: ${clockTime(durationSeconds)}`,
    `Model: ${escaped(model)}`,
    ...(segments.length > 0 ? [`Confidence: ${Math.round(confidence * 100)} %`] : []),
    ...(options?.prompt ? [`Prompt: ${escaped(options.prompt)}`] : []),
    ...(options?.keywords.length ? [`Keywords: ${options.keywords.map(escaped).join(', ')}`] : []),
  ];
  const blocks = [
    `# ${escaped(title) || 'Transcript'}`,
    facts.map((fact) => `- ${fact}`).join('\n'),
    ...warnings.map((warning) => `> **Note:** ${warningSentences[warning]}`),
    ...paragraphsOf(transcript).map(
      ({ start, speaker, text }) =>
        `**${[clockTime(start), ...(speaker ? [escaped(speaker)] : [])].join(' ')}** ${escaped(text)}`,
    ),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** `Spanish (es)`; `und` where nothing was said. */
function languageName(language: string): string {
  if (language === 'und') return 'unknown';
  let name = language;
  try {
    name = new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;
  } catch {
    // No tag that Intl knows the form of: the code has to do.
  }
  return name === language ? escaped(language) : `${escaped(name)} (${escaped(language)})`;
}

/**
 * Text stays text: CommonMark takes a backslash before punctuation (section 2.4). Never at the beginning of a line, so lists and
 * headings need none; addresses are kept from becoming links, as GitHub would make them.
 */
function escaped(text: string): string {
  return plainText(text)
    .replace(/[\\`*_[\]<>&|~$#@]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\bwww\./gi, (start) => start.replace('.', '\\.'));
}
