import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { audioTypeOf, isLanguageCode } from '@verbatim/domain';
import { CommandFailed } from '../../command-failed.ts';
import { readTable } from './read-table.ts';
import type { Recording } from './recording.ts';

export interface DataSearch {
  /** Of Common Voice and FLEURS, which table: `test` or, where there is none, `validated`. */
  split?: string | undefined;
}

/**
 * Every recording below a folder whose true text is known, in the order of their paths. Folder by folder, by what lies there:
 * - LibriSpeech: `SPEAKER/CHAPTER/*.trans.txt` with lines `ID TEXT` beside `ID.flac` (https://www.openslr.org/12)
 * - Common Voice: `test.tsv` with the columns path, sentence, locale beside `clips/` (https://commonvoice.mozilla.org)
 * - FLEURS: `en_us/test.tsv` with the columns id, file name, raw transcription, ... (https://arxiv.org/abs/2205.12446)
 * - else each audio file with a `.txt` of the same name beside it
 * @throws CommandFailed when there is none
 */
export async function findRecordings(folder: string, search: DataSearch = {}): Promise<Recording[]> {
  const found = await below(folder, search);
  if (found.length === 0)
    throw new CommandFailed(`There are no recordings with their true text below ${folder}.`);
  return found;
}

async function below(folder: string, search: DataSearch): Promise<Recording[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CommandFailed(`${folder} can't be read as a folder.`, { cause });
  });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  // Its clips lie in folders of their own, which say nothing by themselves.
  const table = await inTable(folder, names, search);
  if (table) return table;

  const here = (await inTranscripts(folder, names)) ?? (await inPairs(folder, names));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const further: Recording[] = [];
  for (const name of folders.sort()) further.push(...(await below(join(folder, name), search)));
  return [...here, ...further];
}

async function inTranscripts(folder: string, names: string[]): Promise<Recording[] | null> {
  const lists = names.filter((name) => name.endsWith('.trans.txt')).sort();
  if (lists.length === 0) return null;
  const audioOf = new Map(names.filter(isAudio).map((name) => [parse(name).name, join(folder, name)]));
  const lines = await Promise.all(lists.map((name) => readFile(join(folder, name), 'utf8')));
  return lines
    .join('\n')
    .split('\n')
    .flatMap((line) => {
      const [, id = '', truth = ''] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
      const audio = audioOf.get(id);
      return audio ? [{ audio, truth, language: 'en' }] : [];
    });
}

async function inPairs(folder: string, names: string[]): Promise<Recording[]> {
  const found = names
    .filter(isAudio)
    .sort()
    .map(async (name) => {
      const text = join(folder, `${parse(name).name}.txt`);
      if (!existsSync(text)) return [];
      return [{ audio: join(folder, name), truth: await readFile(text, 'utf8') }];
    });
  return (await Promise.all(found)).flat();
}

async function inTable(folder: string, names: string[], { split }: DataSearch): Promise<Recording[] | null> {
  const wanted = split ? [split] : ['test', 'validated'];
  const name = wanted.map((each) => `${each}.tsv`).find((each) => names.includes(each));
  if (!name) return null;
  const rows = await readTable(join(folder, name));
  const found = rows[0]?.includes('sentence') ? commonVoice(folder, rows) : fleurs(folder, name, rows);
  // Whoever has fetched a part of the clips measures that part.
  return found.filter(({ audio }) => existsSync(audio));
}

function commonVoice(folder: string, [head = [], ...rows]: string[][]): Recording[] {
  const [path, sentence, locale] = ['path', 'sentence', 'locale'].map((name) => head.indexOf(name));
  return rows.flatMap((row) => {
    const [clip, truth] = [row[path ?? -1], row[sentence ?? -1]];
    if (!clip || !truth) return [];
    const audio = join(folder, 'clips', parse(clip).ext ? clip : `${clip}.mp3`);
    return [{ audio, truth, language: languageOf(row[locale ?? -1] ?? basename(folder)) }];
  });
}

function fleurs(folder: string, table: string, rows: string[][]): Recording[] {
  const split = parse(table).name;
  const language = languageOf(basename(folder));
  return rows.flatMap(([, file, truth]) => {
    if (!file || !truth) return [];
    const places = [join('audio', split, file), join(split, file), file].map((place) => join(folder, place));
    return [{ audio: places.find((place) => existsSync(place)) ?? join(folder, file), truth, language }];
  });
}

/** Names of data sets for what Whisper calls otherwise. */
const whisperNames: Record<string, string> = { cmn: 'zh', fil: 'tl', nb: 'no' };

/** `en_us`, `zh-CN`, `cmn_hans_cn`: the language before the country. */
function languageOf(locale: string): string | undefined {
  const name = locale.split(/[-_]/)[0]?.toLowerCase() ?? '';
  const code = whisperNames[name] ?? name;
  return isLanguageCode(code) ? code : undefined;
}

function isAudio(name: string): boolean {
  return audioTypeOf('', name) !== null;
}
