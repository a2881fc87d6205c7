import type { Alternative } from './binomial-test.ts';
import { midranks } from './ranks.ts';

export interface WilcoxonSignedRank {
  /** Sums of the ranks of positive and of negative differences. */
  readonly positive: number;
  readonly negative: number;
  /** Differences that are not 0. */
  readonly n: number;
  /** Exact: the share of the 2^n choices of signs whose sum is as far out. 1 where no difference is left. */
  readonly p: number;
}

/**
 * Wilcoxon's signed-rank test of paired differences, exact also with ties: differences of 0 are dropped (Wilcoxon 1945), equal
 * sizes share ranks, and the distribution over all signs is counted for just these ranks. Without ties it is
 * scipy.stats.wilcoxon's `method='exact'`; with them, its permutation test.
 *
 * @param alternative of the differences; default `two-sided`
 * @throws RangeError when a difference is NaN
 */
export function wilcoxonSignedRank(
  differences: ArrayLike<number>,
  alternative: Alternative = 'two-sided',
): WilcoxonSignedRank {
  const kept = Array.from(differences).filter((difference) => difference !== 0);
  const ranks = midranks(kept.map(Math.abs));
  let positive = 0;
  let total = 0;
  kept.forEach((difference, at) => {
    total += ranks[at];
    if (difference > 0) positive += ranks[at];
  });
  const p = (alternative: 'greater' | 'less') =>
    shareReaching(ranks, alternative === 'greater' ? positive : total - positive);
  return {
    positive,
    negative: total - positive,
    n: kept.length,
    p: alternative === 'two-sided' ? Math.min(1, 2 * Math.min(p('greater'), p('less'))) : p(alternative),
  };
}

/** The share of subsets of the ranks that sum to what was observed or more. Ranks are whole or half: doubled, they count places. */
function shareReaching(ranks: Float64Array, observed: number): number {
  let distribution = Float64Array.of(1);
  for (const rank of ranks) {
    const step = Math.round(2 * rank);
    const next = new Float64Array(distribution.length + step);
    for (let sum = 0; sum < distribution.length; sum += 1) {
      next[sum] += distribution[sum] / 2;
      next[sum + step] += distribution[sum] / 2;
    }
    distribution = next;
  }
  let p = 0;
  for (let sum = distribution.length - 1; sum >= Math.round(2 * observed); sum -= 1) p += distribution[sum];
  return Math.min(1, p);
}
