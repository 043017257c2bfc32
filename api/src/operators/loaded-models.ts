import type { WorkerRow } from '@verbatim/domain';
import type { z } from 'zod';
import type { ModelList } from './operator-views.ts';

type LoadedModel = z.infer<typeof ModelList>['items'][number];

/** The workers by what they hear with, most slots first. */
export function loadedModels(workers: WorkerRow[]): LoadedModel[] {
  const groups = Map.groupBy(workers, ({ model, engine }) => `${model}\n${engine}`);
  const models = [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    if (!first) return [];
    const paces = rows.flatMap(({ realTimeFactor }) => realTimeFactor ?? []);
    return {
      model: first.model,
      engine: first.engine,
      workers: rows.length,
      slots: sum(rows.map(({ slots }) => slots)),
      busy: sum(rows.map(({ busy }) => busy)),
      realTimeFactor: paces.length === 0 ? null : sum(paces) / paces.length,
    };
  });
  return models.toSorted((a, b) => b.slots - a.slots || a.model.localeCompare(b.model));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
