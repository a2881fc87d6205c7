import { Random } from '../math/random.ts';

/**
 * Tests of identification by ranks: where nothing is known, the number of distractors that a target beats is uniform
 * over 0..nCandidates-1, and independent from one target to the next. (The n (n - 1) pairs are not independent.)
 */

export interface RankSumTest {
  /** Distractors beaten, summed over the targets; halves for ties. */
  readonly beaten: number;
  /** The mean pairwise score, 0..1: `beaten` over all distractors of all targets; chance 0.5. */
  readonly pairwise: number;
  /** By random draws of uniform ranks, as published: (1 + draws that reach the sum) / (1 + draws). */
  readonly monteCarloP: number;
  readonly nDraws: number;
  /** By convolution: what the draws estimate. */
  readonly exactP: number;
}

/**
 * The rank test of VanRullen & Reddy (2019), by their 10^6 random draws and, beside it, exactly.
 *
 * @param beaten distractors beaten by each target, 0..nCandidates-1, halves for ties [nTargets]
 * @param nCandidates the target and its distractors: 20 in the paper
 * @param options.nDraws default 1000000, as published
 * @throws RangeError when there is no target, or one is outside its range
 */
export function rankSumTest(
  beaten: ArrayLike<number>,
  nCandidates: number,
  { seed, nDraws = 1_000_000 }: { readonly seed: number | string; readonly nDraws?: number },
): RankSumTest {
  const sum = sumOfRanks(beaten, nCandidates);
  return {
    beaten: sum,
    pairwise: sum / (beaten.length * (nCandidates - 1)),
    monteCarloP: monteCarloRankTest(beaten, nCandidates, seed, nDraws),
    nDraws,
    exactP: exactRankTest(beaten, nCandidates),
  };
}

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
  for (let i = 0; i < beaten.length; i += 1) distribution = withOneRankMore(distribution, nCandidates);
  // The distribution is symmetric: the shorter tail is summed, from its small end.
  const greatest = distribution.length - 1;
  const first = Math.ceil(observed);
  if (2 * first > greatest) return tail(distribution, greatest - first);
  return Math.max(0, 1 - tail(distribution, first - 1));
}

/** Convolution with the uniform distribution over 0..nCandidates-1. */
function withOneRankMore(
  distribution: Float64Array<ArrayBuffer>,
  nCandidates: number,
): Float64Array<ArrayBuffer> {
  const next = new Float64Array(distribution.length + nCandidates - 1);
  for (let sum = 0; sum < distribution.length; sum += 1) {
    const share = distribution[sum] / nCandidates;
    for (let rank = 0; rank < nCandidates; rank += 1) next[sum + rank] += share;
  }
  return next;
}

function tail(distribution: Float64Array, last: number): number {
  let p = 0;
  for (let sum = 0; sum <= last; sum += 1) p += distribution[sum];
  return Math.min(1, p);
}

/** Ranks drawn at a time: 64 kB. */
const blockLength = 16_384;

/**
 * The same test as VanRullen & Reddy (2019) made it: random draws of uniform ranks.
 *
 * @param nDraws default 1000000, as published.
 * @returns (1 + draws that reach the observed sum) / (1 + nDraws).
 */
export function monteCarloRankTest(
  beaten: ArrayLike<number>,
  nCandidates: number,
  seed: number | string,
  nDraws = 1_000_000,
): number {
  const observed = sumOfRanks(beaten, nCandidates);
  const nRanks = beaten.length;
  const random = new Random(seed).fork('rank test');
  const drawsAtOnce = Math.max(1, Math.floor(blockLength / nRanks));
  const block = new Uint32Array(drawsAtOnce * nRanks);
  let reached = 0;
  for (let drawn = 0; drawn < nDraws; drawn += drawsAtOnce) {
    const ranks = block.subarray(0, Math.min(drawsAtOnce, nDraws - drawn) * nRanks);
    random.fillIntegers(ranks, nCandidates);
    for (let start = 0; start < ranks.length; start += nRanks) {
      let sum = 0;
      for (let at = start; at < start + nRanks; at += 1) sum += ranks[at];
      if (sum >= observed) reached += 1;
    }
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
