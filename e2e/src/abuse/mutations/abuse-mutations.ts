import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../drivers/wait-for.ts';
import { everyContainer, Recordings } from '../files/make-recordings.ts';
import { eachOf, Outcomes } from '../outcomes.ts';
import type { Report } from '../report.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Target } from '../target.ts';
import { mutate } from './mutate.ts';

/** What may become of a recording that somebody damaged on purpose. */
const rightEnds = ['COMPLETED', 'audio.unreadable', 'audio.empty', 'audio.no_sound', 'audio.too_long'];
const atOnce = 6;

/** Thousands of damaged recordings through the whole pipeline (row 42): each must end, at once, and hurt nothing. */
export async function abuseMutations(
  target: Target,
  report: Report,
  surroundings: Surroundings,
): Promise<void> {
  const { signal, folder, ffmpeg, count, seed } = surroundings;
  const originals = everyContainer(new Recordings(folder, ffmpeg));
  const others = originals.map(({ bytes }) => bytes);
  const outcomes = new Outcomes(target, target.ben);
  const before = storedFiles(target);
  const ends = new Map<string, number>();
  const problems: string[] = [];
  const started = performance.now();
  let done = 0;

  const send = async (index: number) => {
    const random = new SeededRandom(`${seed}/${index}`);
    const { ending, bytes: original } = random.of(originals);
    const { bytes, how } = mutate(original, others, random);
    const { what, job } = await outcomes.of('recording.mp3', bytes);
    ends.set(what, (ends.get(what) ?? 0) + 1);
    if (!rightEnds.includes(what))
      problems.push(`file ${index} of seed ${seed} (${ending}: ${how.join(', ')}) ended as ${what}`);
    if (job) {
      const { status } = await target.ben.fetch(`/v1/jobs/${job.jobId}`, { method: 'DELETE' });
      if (status !== 204) problems.push(`${job.jobId} could not be deleted: ${status}`);
    }
    done += 1;
    const seconds = (performance.now() - started) / 1_000;
    report.progress(`${done} of ${count}, ${(done / seconds).toFixed(1)} a second, ${ended(ends)}`);
  };
  await eachOf(Array(count).keys(), atOnce, signal, send);
  report.check(
    'damaged recordings end as what they are, at the first try',
    [42],
    problems,
    `${done} files of seed ${seed}: ${ended(ends)}`,
  );
  const left = () => storedFiles(target).filter((path) => !before.includes(path));
  await waitFor('the last files to go', () => left().length === 0, { withinMs: 10_000 }).catch(() => {});
  report.check('nothing of them is left where they were stored and worked on', [42], left());
}

function ended(ends: Map<string, number>): string {
  return [...ends]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([what, times]) => `${what} ${times}`)
    .join(', ');
}

function storedFiles({ verbatim }: Target): string[] {
  return ['objects', 'work'].flatMap((name) =>
    readdirSync(join(verbatim.dataDir, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}
