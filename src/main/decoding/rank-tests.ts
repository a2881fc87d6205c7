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

/** The distribution of the sum of as many uniform ranks as there are targets: drawn, and exact. */
export interface RankSumNull {
  readonly nTargets: number;
  readonly nCandidates: number;
  readonly nDraws: number;
  /** How many draws reach a sum, by sum [nTargets (nCandidates - 1) + 1]. */
  readonly drawsReaching: Float64Array;
  /** The probability of a sum or more, by sum. */
  readonly exact: Float64Array;
}

/**
 * The distribution under the rank test's null hypothesis, once for any number of regions and decoders.
 *
 * @param nCandidates the target and its distractors: 20 in the paper
 * @param options.nDraws default 1000000, as published
 * @throws RangeError when a number is not a whole one of at least 1
 */
export function rankSumNull(
  nTargets: number,
  nCandidates: number,
  { seed, nDraws = 1_000_000 }: { readonly seed: number | string; readonly nDraws?: number },
): RankSumNull {
  const drawsReaching = drawSums(nTargets, nCandidates, new Random(seed).fork('rank test'), nDraws);
  for (let sum = drawsReaching.length - 2; sum >= 0; sum -= 1) drawsReaching[sum] += drawsReaching[sum + 1];
  return { nTargets, nCandidates, nDraws, drawsReaching, exact: exactTails(nTargets, nCandidates) };
}

/**
 * The rank test of VanRullen & Reddy (2019), by their 10^6 random draws and, beside it, exactly.
 *
 * @param beaten distractors beaten by each target, 0..nCandidates-1, halves for ties [nTargets]
 * @throws RangeError when there is no target, one is outside its range, or the null is of other numbers
 */
export function rankSumTest(beaten: ArrayLike<number>, nothingKnown: RankSumNull): RankSumTest {
  const { nTargets, nCandidates, nDraws, drawsReaching, exact } = nothingKnown;
  const sum = sumOfRanks(beaten, nCandidates);
  if (beaten.length !== nTargets) throw new RangeError(`${beaten.length} targets, not ${nTargets}`);
  return {
    beaten: sum,
    pairwise: sum / (nTargets * (nCandidates - 1)),
    monteCarloP: (1 + drawsReaching[firstSum(sum)]) / (1 + nDraws),
    nDraws,
    exactP: exact[firstSum(sum)],
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
  return exactTails(beaten.length, nCandidates)[firstSum(sumOfRanks(beaten, nCandidates))];
}

/** Ranks are whole: a sum with a half is reached by the next one. Sums of halves carry no rounding worth a rank. */
function firstSum(sum: number): number {
  return Math.ceil(sum - 1e-6);
}

/**
 * The upper tails of the sum of uniform ranks, by convolution. A sliding sum takes off what it added: exact to rounding while
 * the terms grow, that is up to the middle of the distribution. Its other half is the mirror image.
 */
function exactTails(nTargets: number, nCandidates: number): Float64Array {
  checkWhole(nTargets, nCandidates);
  const greatest = nTargets * (nCandidates - 1);
  let [distribution, next] = [
    new Float64Array(greatest + nCandidates),
    new Float64Array(greatest + nCandidates),
  ];
  distribution[0] = 1;
  for (let last = 0; last < greatest; last += nCandidates - 1) {
    const newLast = last + nCandidates - 1;
    const middle = Math.floor(newLast / 2);
    // The half that was computed, mirrored as far as the sums reach.
    for (let at = Math.floor(last / 2) + 1; at <= middle; at += 1) {
      distribution[at] = at <= last ? distribution[last - at] : 0;
    }
    let sum = 0;
    for (let at = 0; at < Math.min(nCandidates, middle + 1); at += 1) {
      sum += distribution[at];
      next[at] = sum / nCandidates;
    }
    for (let at = nCandidates; at <= middle; at += 1) {
      sum += distribution[at] - distribution[at - nCandidates];
      next[at] = sum / nCandidates;
    }
    [distribution, next] = [next, distribution];
  }
  const tails = new Float64Array(greatest + 1);
  let tail = 0;
  for (let sum = greatest; sum >= 0; sum -= 1) {
    tail += distribution[Math.min(sum, greatest - sum)];
    tails[sum] = Math.min(1, tail);
  }
  return tails;
}

/** Ranks drawn at a time: 64 kB. */
const blockLength = 16_384;

/** How often each sum was drawn. */
function drawSums(nTargets: number, nCandidates: number, random: Random, nDraws: number): Float64Array {
  checkWhole(nTargets, nCandidates);
  const counts = new Float64Array(nTargets * (nCandidates - 1) + 1);
  const drawsAtOnce = Math.max(1, Math.floor(blockLength / nTargets));
  const block = new Uint32Array(drawsAtOnce * nTargets);
  for (let drawn = 0; drawn < nDraws; drawn += drawsAtOnce) {
    const ranks = block.subarray(0, Math.min(drawsAtOnce, nDraws - drawn) * nTargets);
    random.fillIntegers(ranks, nCandidates);
    for (let start = 0; start < ranks.length; start += nTargets) {
      let sum = 0;
      for (let at = start; at < start + nTargets; at += 1) sum += ranks[at];
      counts[sum] += 1;
    }
  }
  return counts;
}

function checkWhole(nTargets: number, nCandidates: number): void {
  if (!(Number.isInteger(nTargets) && nTargets >= 1 && Number.isInteger(nCandidates) && nCandidates >= 1)) {
    throw new RangeError(
      `A rank test needs at least one observation, not ${nTargets} of ${nCandidates} candidates`,
    );
  }
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
