import { normalSf } from './distributions.ts';

export interface MannWhitney {
  /** Share of pairs in which the value of `a` is the larger; a tie counts one half. 0.5 where both are alike. */
  readonly share: number;
  /** Normal score of the statistic with its correction for ties; negative where `a` is the smaller. */
  readonly z: number;
  /** One-sided, that `a` is the smaller. */
  readonly pSmaller: number;
}

/**
 * The test of Mann and Whitney (1947) in its normal approximation with correction for ties, without one for continuity
 * (as scipy.stats.mannwhitneyu with `method='asymptotic', use_continuity=False`).
 *
 * @throws RangeError where a sample is empty
 */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>): MannWhitney {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) throw new RangeError('Both samples need values');
  const all = [
    ...Array.from(a, (value) => ({ value, first: true })),
    ...Array.from(b, (value) => ({ value, first: false })),
  ].sort((x, y) => x.value - y.value);
  let ranks = 0;
  let ties = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    let firsts = 0;
    while (end < all.length && all[end].value === all[start].value) {
      if (all[end].first) firsts += 1;
      end += 1;
    }
    const tied = end - start;
    ranks += firsts * (start + (tied + 1) / 2);
    ties += tied ** 3 - tied;
    start = end;
  }
  const u = ranks - (n * (n + 1)) / 2;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  const z = variance > 0 ? (u - (n * m) / 2) / Math.sqrt(variance) : 0;
  return { share: u / (n * m), z, pSmaller: normalSf(-z) };
}
