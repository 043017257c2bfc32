type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8';

/** How its user would see it; `broken`: a rule inside that nobody has felt yet. */
export type Harm = 'lost' | 'stuck' | 'doubled' | 'leaked' | 'broken';

export interface Violation {
  invariant: Invariant;
  harm: Harm;
  /** Null: of the whole, not of one job. */
  jobId: string | null;
  what: string;
}
