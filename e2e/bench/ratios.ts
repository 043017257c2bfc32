/** What one side spent on the same work. */
export interface Spent {
  cpuSeconds: number;
  wallSeconds: number;
}

export interface Ratio {
  median: number;
  min: number;
  max: number;
}

/** One side beside another, in pairs that were measured one right after the other. */
export interface Comparison {
  rounds: number;
  /** Of all rounds together. */
  ours: Spent;
  theirs: Spent;
  /** Ours to theirs, round by round. */
  cpu: Ratio;
  wall: Ratio;
  /** Of the sums: every file counts as much as it took. */
  cpuInTotal: number;
}

/** @throws Error when the sides did not do the same number of rounds, or none */
export function compare(ours: readonly Spent[], theirs: readonly Spent[]): Comparison {
  if (ours.length !== theirs.length || ours.length === 0) throw new Error('the rounds do not pair up');
  const inTotal = { ours: sum(ours), theirs: sum(theirs) };
  const ratios = (field: keyof Spent) =>
    ours.map((spent, round) => spent[field] / (theirs[round]?.[field] ?? 0));
  return {
    rounds: ours.length,
    ...inTotal,
    cpu: spread(ratios('cpuSeconds')),
    wall: spread(ratios('wallSeconds')),
    cpuInTotal: inTotal.ours.cpuSeconds / inTotal.theirs.cpuSeconds,
  };
}

export function spread(values: readonly number[]): Ratio {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return { median: (low + high) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

export function sum(spent: readonly Spent[]): Spent {
  return {
    cpuSeconds: spent.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
    wallSeconds: spent.reduce((total, { wallSeconds }) => total + wallSeconds, 0),
  };
}
