/** Whether confidence says what it should: of the words with 0.8, eight in ten right. */
export interface Calibration {
  words: number;
  /** Ten of equal width, from 0 to 1; a bin without words has nulls. */
  bins: { from: number; to: number; words: number; meanConfidence: number | null; right: number | null }[];
  /** The mean distance of confidence and share of right words, bins weighted by their words (expected calibration error). */
  meanGap: number | null;
  /** Pearson's, of confidence and right (1) or wrong (0); null where all words are right, or all wrong. */
  correlation: number | null;
}

const binCount = 10;

export function calibrate(words: { confidence: number; right: boolean }[]): Calibration {
  const bins = Array.from({ length: binCount }, (_, index) => {
    const inBin = words.filter(({ confidence }) => binOf(confidence) === index);
    return {
      from: index / binCount,
      to: (index + 1) / binCount,
      words: inBin.length,
      meanConfidence: mean(inBin.map(({ confidence }) => confidence)),
      right: mean(inBin.map(({ right }) => Number(right))),
    };
  });
  const gaps = bins.map((bin) => bin.words * Math.abs((bin.meanConfidence ?? 0) - (bin.right ?? 0)));
  return {
    words: words.length,
    bins,
    meanGap: words.length === 0 ? null : gaps.reduce((a, b) => a + b, 0) / words.length,
    correlation: correlation(
      words.map(({ confidence }) => confidence),
      words.map(({ right }) => Number(right)),
    ),
  };
}

function binOf(confidence: number): number {
  return Math.min(binCount - 1, Math.floor(confidence * binCount));
}

function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

function correlation(xs: number[], ys: number[]): number | null {
  const [meanX, meanY] = [mean(xs) ?? 0, mean(ys) ?? 0];
  let [together, ofX, ofY] = [0, 0, 0];
  for (const [index, x] of xs.entries()) {
    const [dx, dy] = [x - meanX, (ys[index] ?? 0) - meanY];
    together += dx * dy;
    ofX += dx * dx;
    ofY += dy * dy;
  }
  // Equal values leave a rest of rounding.
  const none = 1e-9;
  return ofX > none && ofY > none ? together / Math.sqrt(ofX * ofY) : null;
}
