import type { ModelSize } from './scripted-model.ts';

/** How much is measured. */
export interface BenchPlan {
  longSeconds: number;
  longRounds: number;
  shortSeconds: number;
  /** In as many groups as there are rounds. */
  shortFiles: number;
  shortRounds: number;
  /** Of the parts that change the engine itself: builds, language. */
  variantSeconds: number;
  variantRounds: number;
  aroundSeconds: number;
  aroundShortFiles: number;
}

/** Enough that a second measurement says the same; `small` takes three times as long as `base`, so it has fewer rounds. */
export function planFor(model: ModelSize, quick: boolean): BenchPlan {
  const thorough: BenchPlan = {
    longSeconds: 180,
    longRounds: 3,
    shortSeconds: 20,
    shortFiles: 30,
    shortRounds: 3,
    variantSeconds: 30,
    variantRounds: 3,
    aroundSeconds: 600,
    aroundShortFiles: 10,
  };
  if (quick) {
    const rounds = { longRounds: 1, shortRounds: 1, variantRounds: 1 };
    return { ...thorough, ...rounds, longSeconds: 60, shortFiles: 2, aroundSeconds: 60, aroundShortFiles: 2 };
  }
  return model === 'small'
    ? {
        ...thorough,
        longSeconds: 120,
        longRounds: 2,
        variantRounds: 1,
        aroundSeconds: 300,
        aroundShortFiles: 5,
      }
    : thorough;
}
