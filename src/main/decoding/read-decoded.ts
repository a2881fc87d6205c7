import type { ReadingRule } from '../../shared/decoded-attributes.ts';
import { binomialTest } from '../math/binomial-test.ts';
import { binomialSf } from '../math/distributions.ts';
import { hypergeometricTail } from '../math/hypergeometric.ts';
import { Random } from '../math/random.ts';
import { pearson } from '../math/statistics.ts';
import type { AttributeAxis } from './attributes.ts';
import { areaUnderCurve } from './held-out-scores.ts';
import type { Border } from './read-attributes.ts';

/** Definitions of the scores and their versions, written out in docs/guide/attributes.md. */
export const readingDefinitions: Readonly<Record<ReadingRule, string>> = {
  'axis-origin': 'attribute-axis-origin/1',
  'axis-midpoint': 'attribute-axis-midpoint/1',
  classifier: 'attribute-ridge-discriminant/1',
  'classifier-balanced': 'attribute-ridge-midpoint/1',
};

/** The border that a rule draws: `weights . code - offset` is above 0 on the side of the class. */
export function borderOf(rule: ReadingRule, axis: AttributeAxis, classifier: Border): Border {
  const { direction, midpoint } = axis;
  switch (rule) {
    case 'axis-origin':
      return { weights: direction, offset: 0 };
    case 'axis-midpoint':
      return { weights: direction, offset: inner(direction, midpoint) };
    case 'classifier':
      return classifier;
    case 'classifier-balanced':
      return { weights: classifier.weights, offset: inner(classifier.weights, midpoint) };
  }
}

/**
 * Positions of codes along a border's normal, 0 on the border and above 0 in the class.
 *
 * @param codes [n, nLatents]
 * @returns [n]
 */
export function positionsOf({ weights, offset }: Border, codes: Float32Array | Float64Array): Float64Array {
  const nLatents = weights.length;
  if (codes.length % nLatents !== 0) throw new RangeError(`${codes.length} values for ${nLatents} latents`);
  const positions = new Float64Array(codes.length / nLatents);
  for (let row = 0; row < positions.length; row += 1) {
    let sum = -offset;
    for (let k = 0; k < nLatents; k += 1) sum += weights[k] * codes[row * nLatents + k];
    positions[row] = sum;
  }
  return positions;
}

export interface ReadClass {
  readonly n: number;
  readonly nInClass: number;
  /** Faces that the rule says are in the class. */
  readonly nSaid: number;
  readonly nCorrect: number;
  readonly accuracy: number;
  /** Exact 95 % interval of the accuracy (Clopper & Pearson 1934). */
  readonly lower: number;
  readonly upper: number;
  /** Share of the larger class: what naming it always would score. */
  readonly majority: number;
  /** Mean of the shares of both classes that are told right; chance 0.5 whatever their sizes. */
  readonly balancedAccuracy: number;
  /** Share of pairs of a face of each class in the right order; chance 0.5; no threshold enters. */
  readonly auc: number;
  /** As published: exact one-sided binomial probability of as many correct by chance 1/2. */
  readonly pBinomial: number;
  /** The same for who always names the larger class. */
  readonly pMajority: number;
  /**
   * Exact one-sided permutation probability: labels permuted over faces, answers fixed. Accuracy and balanced accuracy then both
   * grow with the number of hits, which is hypergeometric (Fisher's exact test).
   */
  readonly pPermutation: number;
}

/**
 * Scores answers about a class against what is true.
 *
 * @param positions above 0: said to be in the class; on the border counts as outside. [n]
 * @param inClass [n]
 * @throws RangeError where the lengths differ, a class is empty, or a position is no number
 */
export function scoreReading(positions: ArrayLike<number>, inClass: readonly boolean[]): ReadClass {
  const n = inClass.length;
  if (positions.length !== n) throw new RangeError(`${positions.length} positions for ${n} faces`);
  if (Array.prototype.some.call(positions, Number.isNaN)) throw new RangeError('A position is no number');
  const said = Array.from(positions, (position) => position > 0);
  const nInClass = inClass.filter(Boolean).length;
  if (nInClass === 0 || nInClass === n) throw new RangeError('Both classes need faces');
  const nSaid = said.filter(Boolean).length;
  const hits = inClass.filter((flag, row) => flag && said[row]).length;
  const nCorrect = hits + (n - nInClass) - (nSaid - hits);
  const majority = Math.max(nInClass, n - nInClass) / n;
  const published = binomialTest(nCorrect, n, 0.5);
  return {
    n,
    nInClass,
    nSaid,
    nCorrect,
    accuracy: nCorrect / n,
    lower: published.interval[0],
    upper: published.interval[1],
    majority,
    balancedAccuracy: (hits / nInClass + (n - nInClass - (nSaid - hits)) / (n - nInClass)) / 2,
    auc: areaUnderCurve(positions, inClass, new Uint8Array(n)),
    pBinomial: published.p,
    pMajority: binomialSf(nCorrect - 1, n, majority),
    pPermutation: hypergeometricTail(hits, n, nInClass, nSaid),
  };
}

export interface ReadNumber {
  readonly n: number;
  /** Pearson correlation of what is read with what is true. */
  readonly r: number;
  /** One-sided, values permuted over faces: (1 + permutations that correlate as highly) / (1 + permutations). */
  readonly pPermutation: number;
}

/**
 * Scores a number that is read from codes.
 *
 * @param read [n] @param truth [n], not all the same
 * @throws RangeError where the lengths differ or there are fewer than three faces
 */
export function scoreNumber(
  read: ArrayLike<number>,
  truth: ArrayLike<number>,
  { seed, nPermutations }: { readonly seed: number | string; readonly nPermutations: number },
): ReadNumber {
  const n = truth.length;
  if (read.length !== n || n < 3) throw new RangeError(`${read.length} readings of ${n} faces`);
  const r = pearson(read, truth) || 0;
  const random = new Random(seed).fork('numbers');
  const shuffled = Float64Array.from(truth);
  let reached = 1;
  for (let at = 0; at < nPermutations; at += 1) {
    random.shuffle(shuffled);
    if ((pearson(read, shuffled) || 0) >= r - 1e-12) reached += 1;
  }
  return { n, r, pPermutation: reached / (1 + nPermutations) };
}

function inner(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at], 0);
}
