import { variance } from '../math/statistics.ts';

/**
 * How much of the differences between conditions a voxel shows again. Patterns are [nConditions, nVoxels], one from
 * each of several sets of runs that share none.
 */
export type Patterns = Float32Array | Float64Array;

export interface SplitHalf {
  /** [nVoxels]: Pearson correlation over conditions between the two halves; 0 where a half does not vary. */
  readonly r: Float64Array;
  /**
   * [nVoxels]: that of all runs together, by Spearman and Brown (1910): 2 r / (1 + r). For a negative r, whose
   * correction has no meaning and no bound, 2 r / (1 - r).
   */
  readonly corrected: Float64Array;
}

/** Split-half reliability of every voxel's responses over conditions. */
export function splitHalfReliability(
  first: Patterns,
  second: Patterns,
  nConditions: number,
  nVoxels: number,
): SplitHalf {
  const r = new Float64Array(nVoxels);
  for (let v = 0; v < nVoxels; v++) {
    r[v] = strideCorrelation(first, second, v, nVoxels, nConditions);
  }
  return { r, corrected: r.map((value) => (2 * value) / (1 + Math.abs(value))) };
}

/**
 * Per condition, the correlation over voxels between the two halves, after the mean over conditions is taken off each
 * voxel: what sets a condition's pattern apart from the others'.
 *
 * @param voxels those that count, as positions
 * @returns [nConditions]
 */
export function patternReliability(
  first: Patterns,
  second: Patterns,
  nConditions: number,
  nVoxels: number,
  voxels: Uint32Array,
): Float64Array {
  const [a, b] = [first, second].map((patterns) => withoutMean(patterns, nConditions, nVoxels, voxels));
  const n = voxels.length;
  return Float64Array.from({ length: nConditions }, (_, condition) =>
    strideCorrelation(
      a.subarray(condition * n, (condition + 1) * n),
      b.subarray(condition * n, (condition + 1) * n),
      0,
      1,
      n,
    ),
  );
}

export interface NoiseCeiling {
  /** [nVoxels]: variance over conditions of the true responses; 0 where noise hides it. */
  readonly signalVariance: Float64Array;
  /** [nVoxels]: variance of one set's estimate about the true response. */
  readonly noiseVariance: Float64Array;
  /** [nVoxels]: sqrt(signalVariance / noiseVariance). */
  readonly ncsnr: Float64Array;
  /** [nVoxels], percent: of the variance over conditions of the mean of all sets, what no model could exceed. */
  readonly percent: Float64Array;
}

/**
 * The noise ceiling of Allen et al. (2022, Nature Neuroscience 25, 116-126, doi 10.1038/s41593-021-00962-x): the variance of
 * responses to the same condition in different sets is noise; what the means over sets vary by beyond that is signal:
 *
 *   noise  = mean over conditions of the variance over sets
 *   signal = max(0, variance over conditions of the means - noise / nSets)
 *   ncsnr  = sqrt(signal / noise)
 *   ceiling = 100 ncsnr^2 / (ncsnr^2 + 1 / nSets)
 *
 * There sets are single trials of betas in units of standard deviations, whose whole variance is 1; here they are sets
 * of runs in the images' units, and the signal is what the analysis of variance leaves. Variances have n - 1 below them.
 * Sets are taken as equally precise: give them about as many runs each.
 *
 * @param sets at least two
 */
export function noiseCeiling(sets: readonly Patterns[], nConditions: number, nVoxels: number): NoiseCeiling {
  const nSets = sets.length;
  if (nSets < 2 || nConditions < 2) {
    throw new RangeError(`${nSets} sets of ${nConditions} conditions have no noise ceiling`);
  }
  const signalVariance = new Float64Array(nVoxels);
  const noiseVariance = new Float64Array(nVoxels);
  const means = new Float64Array(nConditions);
  for (let v = 0; v < nVoxels; v++) {
    let within = 0;
    for (let condition = 0; condition < nConditions; condition++) {
      const at = condition * nVoxels + v;
      let mean = 0;
      for (const set of sets) mean += set[at] / nSets;
      for (const set of sets) within += (set[at] - mean) ** 2;
      means[condition] = mean;
    }
    noiseVariance[v] = within / (nConditions * (nSets - 1));
    signalVariance[v] = Math.max(0, variance(means) - noiseVariance[v] / nSets);
  }
  const ratio = signalVariance.map((signal, v) => (noiseVariance[v] > 0 ? signal / noiseVariance[v] : 0));
  return {
    signalVariance,
    noiseVariance,
    ncsnr: ratio.map(Math.sqrt),
    percent: ratio.map((value) => (100 * value) / (value + 1 / nSets)),
  };
}

/** Pearson correlation of every `stride`th value from `start` on; 0 where one of the two does not vary. */
function strideCorrelation(a: Patterns, b: Patterns, start: number, stride: number, n: number): number {
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < n; i++) {
    meanA += a[start + i * stride] / n;
    meanB += b[start + i * stride] / n;
  }
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = a[start + i * stride] - meanA;
    const y = b[start + i * stride] - meanB;
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA > 0 && squaresB > 0 ? both / Math.sqrt(squaresA * squaresB) : 0;
}

function withoutMean(
  patterns: Patterns,
  nConditions: number,
  nVoxels: number,
  voxels: Uint32Array,
): Float64Array {
  const result = new Float64Array(nConditions * voxels.length);
  for (let at = 0; at < voxels.length; at++) {
    let mean = 0;
    for (let c = 0; c < nConditions; c++) mean += patterns[c * nVoxels + voxels[at]] / nConditions;
    for (let c = 0; c < nConditions; c++) {
      result[c * voxels.length + at] = patterns[c * nVoxels + voxels[at]] - mean;
    }
  }
  return result;
}
