/**
 * The largest p-value that the false discovery rate `q` lets pass, or -1 when none does (Benjamini & Hochberg
 * 1995, JRSS B 57). Select `p <= threshold`.
 * @param pValues one a test; NaN is left out
 * @throws RangeError unless 0 < q < 1
 */
export function fdrThreshold(pValues: ArrayLike<number>, q: number): number {
  if (!(q > 0 && q < 1)) throw new RangeError(`A false discovery rate lies between 0 and 1, not at ${q}`);
  const sorted = Float64Array.from(pValues)
    .filter((p) => !Number.isNaN(p))
    .sort();
  for (let i = sorted.length - 1; i >= 0; i--) {
    if (sorted[i] <= (q * (i + 1)) / sorted.length) return sorted[i];
  }
  return -1;
}

/**
 * p-values adjusted for the false discovery rate (Benjamini & Hochberg 1995): the smallest rate at which each test would
 * still pass, in the order given. NaN is left out and stays NaN.
 */
export function fdrAdjusted(pValues: ArrayLike<number>): Float64Array {
  const tested = Array.from(pValues, (_, at) => at).filter((at) => !Number.isNaN(pValues[at]));
  tested.sort((a, b) => pValues[b] - pValues[a]);
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  let least = 1;
  tested.forEach((at, fromLargest) => {
    least = Math.min(least, (pValues[at] * tested.length) / (tested.length - fromLargest));
    adjusted[at] = least;
  });
  return adjusted;
}

/**
 * p-values adjusted for the family-wise error rate (Holm 1979, Scand. J. Statist. 6), in the order given: valid under any
 * dependence. NaN is left out and stays NaN.
 */
export function holmAdjusted(pValues: ArrayLike<number>): Float64Array {
  const tested = Array.from(pValues, (_, at) => at).filter((at) => !Number.isNaN(pValues[at]));
  tested.sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  let most = 0;
  tested.forEach((at, fromSmallest) => {
    most = Math.max(most, Math.min(1, pValues[at] * (tested.length - fromSmallest)));
    adjusted[at] = most;
  });
  return adjusted;
}
