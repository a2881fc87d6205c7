import { Random } from '../math/random.ts';

/**
 * Tests of identification by ranks: where nothing is known, the number of distractors that a target beats is uniform
 * over 0..nCandidates-1, and independent from one target to the next. (The n (n - 1) pairs are not independent.)
 */

/**
 * The exact test: the probability that as many uniform ranks as there are observations sum to what was observed or
 * more. For one observation that is rank / nCandidates; for four of 20 it is the paper's enumeration of 20^4.
 *
 * @param beaten distractors beaten by each target, 0..nCandidates-1, halves for ties.
 * @throws RangeError when there is no observation, or one outside its range.
 */
export function exactRankTest(beaten: ArrayLike<number>, nCandidates: number): number {
  const observed = sumOfRanks(beaten, nCandidates);
  let distribution = Float64Array.of(1);
  for (let i = 0; i < beaten.length; i += 1) {
    const next = new Float64Array(distribution.length + nCandidates - 1);
    for (let sum = 0; sum < distribution.length; sum += 1) {
      for (let rank = 0; rank < nCandidates; rank += 1) next[sum + rank] += distribution[sum] / nCandidates;
    }
    distribution = next;
  }
  let p = 0;
  for (let sum = distribution.length - 1; sum >= observed; sum -= 1) p += distribution[sum];
  return Math.min(1, p);
}

/**
 * The same test as VanRullen & Reddy (2019) made it: random draws of uniform ranks (they used 10^6).
 *
 * @param nDraws default 100000.
 * @returns (1 + draws that reach the observed sum) / (1 + nDraws).
 */
export function monteCarloRankTest(
  beaten: ArrayLike<number>,
  nCandidates: number,
  seed: number | string,
  nDraws = 100_000,
): number {
  const observed = sumOfRanks(beaten, nCandidates);
  const random = new Random(seed).fork('rank test');
  let reached = 0;
  for (let draw = 0; draw < nDraws; draw += 1) {
    let sum = 0;
    for (let i = 0; i < beaten.length; i += 1) sum += random.integer(nCandidates);
    if (sum >= observed) reached += 1;
  }
  return (1 + reached) / (1 + nDraws);
}

function sumOfRanks(beaten: ArrayLike<number>, nCandidates: number): number {
  if (beaten.length === 0) throw new RangeError('A rank test needs at least one observation');
  let sum = 0;
  for (let i = 0; i < beaten.length; i += 1) {
    if (!(beaten[i] >= 0 && beaten[i] <= nCandidates - 1)) {
      throw new RangeError(`${beaten[i]} distractors beaten of ${nCandidates - 1}`);
    }
    sum += beaten[i];
  }
  return sum;
}
