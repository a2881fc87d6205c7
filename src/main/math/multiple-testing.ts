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
