import { type Job, Transcript } from '@verbatim/domain';
import { CommandFailed, sentenceOf } from '../command-failed.ts';
import type { ListeningOptions } from '../listening-options.ts';
import type { VerbatimServer } from '../server/verbatim-server.ts';
import { inParallel } from '../transcribe/in-parallel.ts';
import { transcribeFile } from '../transcribe/transcribe-file.ts';
import type { Recording } from './data/recording.ts';
import { type Measure, measure } from './measure.ts';
import type { NormaliserName } from './normalise.ts';

export interface MeasuredFile extends Omit<Measure, 'wordConfidences'> {
  file: string;
  model: string;
  /** Of the whole transcript, 0 to 1. */
  confidence: number;
  audioSeconds: number;
  processingSeconds: number;
}

export interface MeasuredFiles {
  measured: MeasuredFile[];
  wordConfidences: Measure['wordConfidences'];
  failed: { file: string; error: string }[];
}

interface Order {
  normaliser: NormaliserName;
  jobsAtOnce: number;
  quality?: ListeningOptions['quality'];
}

/** Has every recording transcribed and compares it with its truth. What is done when `stop` aborts is kept. */
export async function measureFiles(
  recordings: Recording[],
  { normaliser, jobsAtOnce, quality }: Order,
  server: VerbatimServer,
  onProgress: (done: MeasuredFiles) => void,
  stop: AbortSignal,
): Promise<MeasuredFiles> {
  const results: MeasuredFiles = { measured: [], wordConfidences: [], failed: [] };
  const oneFile = async (recording: Recording) => {
    try {
      const { job, transcript } = await transcribed(recording, quality, server, stop);
      const { language = transcript.language, truth, audio } = recording;
      const { wordConfidences, ...counts } = measure(truth, transcript, language, normaliser);
      for (const word of wordConfidences) results.wordConfidences.push(word);
      results.measured.push({
        file: audio,
        ...counts,
        model: transcript.model,
        confidence: transcript.confidence,
        audioSeconds: transcript.durationSeconds,
        processingSeconds: processingSecondsOf(job),
      });
    } catch (error) {
      if (stop.aborted) return;
      if (!(error instanceof CommandFailed)) throw error;
      results.failed.push({ file: recording.audio, error: sentenceOf(error) });
    }
    onProgress(results);
  };
  await inParallel(recordings, jobsAtOnce, oneFile, stop);
  results.measured.sort((a, b) => (a.file < b.file ? -1 : 1));
  return results;
}

/** Nothing stays on the server. */
async function transcribed(
  { audio, language }: Recording,
  quality: ListeningOptions['quality'],
  server: VerbatimServer,
  stop: AbortSignal,
) {
  const job = await transcribeFile(audio, { language, quality }, server, () => {}, stop);
  const transcript = Transcript.parse(JSON.parse(await server.transcript(job.jobId, 'json', stop)));
  await server.deleteJob(job.jobId, stop);
  return { job, transcript };
}

function processingSecondsOf({ startedAt, finishedAt }: Job): number {
  return startedAt && finishedAt ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 : 0;
}
