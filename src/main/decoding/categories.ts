import { Random } from '../math/random.ts';

export interface CategoryOptions {
  readonly seed: number | string;
  /** Permutations of the labels within runs; default 10000. */
  readonly nPermutations?: number;
}

export interface CategoryIdentification {
  readonly nRuns: number;
  readonly nCategories: number;
  /** Fraction of left-out patterns whose own category correlates most; chance 1 / nCategories. Ties share. */
  readonly nWay: number;
  readonly nWayP: number;
  /** Fraction of comparisons with one other category won, as in Haxby et al. (2001); chance 0.5. Ties one half. */
  readonly pairwise: number;
  readonly pairwiseP: number;
  /** Pairwise score of each category, [nCategories]. */
  readonly pairwiseByCategory: Float64Array;
  /** [true category, chosen category], patterns over all runs; a tie is shared among the tied. */
  readonly confusion: Float64Array;
}

/**
 * Identification of categories by leaving one run out (after Haxby et al. 2001): the left-out run's patterns are
 * correlated with each category's mean pattern over the other runs. The mean pattern of the other runs, over all
 * categories, is taken off both first; nothing of the left-out run enters it.
 *
 * Permutations exchange the labels within each run and repeat everything.
 *
 * @param patterns [nRuns, nCategories, nVoxels].
 * @throws RangeError when the shape does not fit, with fewer than two runs or categories, or values not finite.
 */
export function identifyCategories(
  patterns: Float32Array | Float64Array,
  shape: { readonly nRuns: number; readonly nCategories: number; readonly nVoxels: number },
  options: CategoryOptions,
): CategoryIdentification {
  const { nRuns, nCategories, nVoxels } = shape;
  if (patterns.length !== nRuns * nCategories * nVoxels || nRuns < 2 || nCategories < 2 || nVoxels < 2) {
    throw new RangeError(
      `${patterns.length} values for ${nRuns} runs, ${nCategories} categories, ${nVoxels} voxels`,
    );
  }
  if (!patterns.every(Number.isFinite)) throw new RangeError('A pattern holds a value that is not finite');
  const products = innerProducts(patterns, nRuns * nCategories, nVoxels);
  const labels = Uint32Array.from({ length: nRuns * nCategories }, (_, i) => i % nCategories);
  const observed = score(products, labels, nRuns, nCategories);

  const random = new Random(options.seed).fork('categories');
  const nPermutations = options.nPermutations ?? 10_000;
  let nWayReached = 1;
  let pairwiseReached = 1;
  for (let i = 0; i < nPermutations; i += 1) {
    for (let run = 0; run < nRuns; run += 1) {
      random.shuffle(labels.subarray(run * nCategories, (run + 1) * nCategories));
    }
    const permuted = score(products, labels, nRuns, nCategories);
    if (permuted.nWay >= observed.nWay - 1e-12) nWayReached += 1;
    if (permuted.pairwise >= observed.pairwise - 1e-12) pairwiseReached += 1;
  }
  return {
    nRuns,
    nCategories,
    ...observed,
    nWayP: nWayReached / (1 + nPermutations),
    pairwiseP: pairwiseReached / (1 + nPermutations),
  };
}

/**
 * Inner products of all patterns, each less its own mean over voxels, [n, n]. Correlations of any sums of
 * patterns follow from them, so that a permutation need not look at voxels again.
 */
function innerProducts(patterns: Float32Array | Float64Array, n: number, nVoxels: number): Float64Array {
  const centred = Float64Array.from(patterns);
  for (let i = 0; i < n; i += 1) {
    const row = centred.subarray(i * nVoxels, (i + 1) * nVoxels);
    let mean = 0;
    for (const value of row) mean += value / nVoxels;
    for (let v = 0; v < nVoxels; v += 1) row[v] -= mean;
  }
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = i; j < n; j += 1) {
      let sum = 0;
      for (let v = 0; v < nVoxels; v += 1) sum += centred[i * nVoxels + v] * centred[j * nVoxels + v];
      products[i * n + j] = sum;
      products[j * n + i] = sum;
    }
  }
  return products;
}

/** @param labels category of each pattern, [nRuns, nCategories]; each category once a run. */
function score(products: Float64Array, labels: Uint32Array, nRuns: number, nCategories: number) {
  const confusion = new Float64Array(nCategories * nCategories);
  const won = new Float64Array(nCategories);
  const position = new Uint32Array(labels.length);
  for (let i = 0; i < labels.length; i += 1) {
    const run = Math.floor(i / nCategories);
    position[run * nCategories + labels[i]] = i;
  }
  for (let run = 0; run < nRuns; run += 1) {
    const similarity = leftOutCorrelations(products, position, run, nRuns, nCategories);
    for (let own = 0; own < nCategories; own += 1) {
      const row = similarity.subarray(own * nCategories, (own + 1) * nCategories);
      const best = Math.max(...row);
      let tied = 0;
      for (const value of row) if (value === best) tied += 1;
      for (let other = 0; other < nCategories; other += 1) {
        if (row[other] === best) confusion[own * nCategories + other] += 1 / tied;
        if (other === own) continue;
        if (row[own] > row[other]) won[own] += 1;
        else if (row[own] === row[other]) won[own] += 0.5;
      }
    }
  }
  let nCorrect = 0;
  for (let category = 0; category < nCategories; category += 1)
    nCorrect += confusion[category * (nCategories + 1)];
  const pairwiseByCategory = won.map((count) => count / (nRuns * (nCategories - 1)));
  const pairwise = pairwiseByCategory.reduce((sum, value) => sum + value, 0) / nCategories;
  return { confusion, pairwiseByCategory, pairwise, nWay: nCorrect / (nRuns * nCategories) };
}

/** r of each pattern of the left-out run (rows) with each category's mean over the other runs; 0 where undefined. */
function leftOutCorrelations(
  products: Float64Array,
  position: Uint32Array,
  leftOut: number,
  nRuns: number,
  nCategories: number,
): Float64Array {
  const n = position.length;
  const nTraining = nRuns - 1;
  const at = (run: number, category: number) => position[run * nCategories + category];
  // withSum[i, c]: pattern i times the sum of category c over the training runs.
  const withSum = new Float64Array(n * nCategories);
  for (let i = 0; i < n; i += 1) {
    for (let c = 0; c < nCategories; c += 1) {
      let sum = 0;
      for (let run = 0; run < nRuns; run += 1) if (run !== leftOut) sum += products[i * n + at(run, c)];
      withSum[i * nCategories + c] = sum / nTraining;
    }
  }
  // meansProduct[c, d]: mean of c times mean of d.
  const meansProduct = new Float64Array(nCategories * nCategories);
  for (let c = 0; c < nCategories; c += 1) {
    for (let run = 0; run < nRuns; run += 1) {
      if (run === leftOut) continue;
      const i = at(run, c);
      for (let d = 0; d < nCategories; d += 1) {
        meansProduct[c * nCategories + d] += withSum[i * nCategories + d] / nTraining;
      }
    }
  }
  const rowMean = (values: Float64Array, row: number) => {
    let sum = 0;
    for (let c = 0; c < nCategories; c += 1) sum += values[row * nCategories + c];
    return sum / nCategories;
  };
  const meanWithGrand = Float64Array.from({ length: nCategories }, (_, c) => rowMean(meansProduct, c));
  const grand = rowMean(meanWithGrand, 0);
  const correlations = new Float64Array(nCategories * nCategories);
  for (let own = 0; own < nCategories; own += 1) {
    const i = at(leftOut, own);
    const withGrand = rowMean(withSum, i);
    const testSquare = products[i * n + i] - 2 * withGrand + grand;
    for (let c = 0; c < nCategories; c += 1) {
      const cross = withSum[i * nCategories + c] - withGrand - meanWithGrand[c] + grand;
      const trainSquare = meansProduct[c * (nCategories + 1)] - 2 * meanWithGrand[c] + grand;
      const scale = Math.sqrt(Math.max(0, testSquare) * Math.max(0, trainSquare));
      correlations[own * nCategories + c] = scale > 0 ? cross / scale : 0;
    }
  }
  return correlations;
}
