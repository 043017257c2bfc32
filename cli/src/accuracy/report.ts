import { clock } from '../progress/describe.ts';
import { table } from '../table.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import type { MeasuredFile, MeasuredFiles } from './measure-files.ts';
import type { NormaliserName } from './normalise.ts';
import { type Summary, summarise } from './summarise.ts';

export interface Report {
  normaliser: NormaliserName;
  models: string[];
  all: Summary;
  /** By Whisper's codes. */
  languages: Record<string, Summary>;
  calibration: Calibration;
  files: MeasuredFile[];
  failed: MeasuredFiles['failed'];
}

export function reportOf(
  { measured, wordConfidences, failed }: MeasuredFiles,
  normaliser: NormaliserName,
): Report {
  const byLanguage = Object.entries(Object.groupBy(measured, ({ language }) => language));
  byLanguage.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    normaliser,
    models: [...new Set(measured.map(({ model }) => model))],
    all: summarise(measured),
    languages: Object.fromEntries(byLanguage.map(([language, files = []]) => [language, summarise(files)])),
    calibration: calibrate(wordConfidences),
    files: measured,
    failed,
  };
}

/** A few recordings are told one by one. */
const filesShown = 30;

export function reportText(report: Report): string {
  const parts = [
    report.files.length <= filesShown ? filesTable(report) : '',
    languagesTable(report),
    calibrationText(report.calibration),
    `Model ${report.models.join(', ') || 'unknown'}; words compared by the rules "${report.normaliser}".\n`,
    report.failed.map(({ file, error }) => `${file}: ${error}\n`).join(''),
  ];
  return parts.filter(Boolean).join('\n');
}

function filesTable({ files }: Report): string {
  const rows = files.map((file) => [
    file.file,
    file.language,
    clock(file.audioSeconds),
    ...editCells(file),
    file.confidence.toFixed(2),
  ]);
  return table(['recording', 'lang', 'length', ...editHead, 'confidence'], rows, [2, 3, 4, 5, 6, 7, 8, 9]);
}

function languagesTable({ all, languages }: Report): string {
  const row = (name: string, summary: Summary) => [
    name,
    String(summary.files),
    clock(summary.audioSeconds),
    ...editCells(summary),
    summary.werInterval ? summary.werInterval.map(percent).join(' to ') : '',
    summary.realTimeFactor?.toFixed(3) ?? '',
  ];
  const rows = Object.entries(languages).map(([language, summary]) => row(language, summary));
  const head = ['language', 'files', 'length', ...editHead, 'WER, 95 %', 'real-time factor'];
  return table(head, rows.length === 1 ? rows : [...rows, row('all', all)], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

const editHead = ['words', 'WER', 'sub', 'del', 'ins', 'CER'];

function editCells(
  counts: Pick<Summary, 'words' | 'wer' | 'substitutions' | 'deletions' | 'insertions' | 'cer'>,
): string[] {
  return [
    String(counts.words),
    percent(counts.wer),
    String(counts.substitutions),
    String(counts.deletions),
    String(counts.insertions),
    percent(counts.cer),
  ];
}

function calibrationText({ bins, words, meanGap, correlation }: Calibration): string {
  if (words === 0) return '';
  const rows = bins
    .filter((bin) => bin.words > 0)
    .map((bin) => [
      `${bin.from.toFixed(1)} to ${bin.to.toFixed(1)}`,
      String(bin.words),
      bin.meanConfidence?.toFixed(3) ?? '',
      percent(bin.right),
    ]);
  const gap = `Mean gap between the two: ${meanGap?.toFixed(3)}.`;
  const how =
    correlation === null ? '' : ` Correlation of confidence and being right: ${correlation.toFixed(2)}.`;
  return `${table(['confidence', 'words', 'mean', 'right'], rows, [1, 2, 3])}${gap}${how}\n`;
}

function percent(share: number | null): string {
  return share === null ? '' : `${(100 * share).toFixed(1)} %`;
}
