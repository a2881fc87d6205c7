import { matrix, mirrorUpper } from '../math/matrix.ts';
import type { Random } from '../math/random.ts';
import { symmetricEigen } from '../math/symmetric-eigen.ts';

/** How codes are spread over a set of faces. */
export interface CodeStatistics {
  readonly n: number;
  /** [latentDim] */
  readonly mean: Float64Array;
  /** Variance of each latent, divided by n, [latentDim]. */
  readonly variance: Float64Array;
}

/** @param codes [n, latentDim] @throws RangeError where there is no code */
export function codeStatistics(codes: Float32Array, latentDim: number): CodeStatistics {
  const n = codes.length / latentDim;
  if (n < 1) throw new RangeError('There is no code');
  const mean = new Float64Array(latentDim);
  for (let at = 0; at < codes.length; at++) mean[at % latentDim] += codes[at] / n;
  const variance = new Float64Array(latentDim);
  for (let at = 0; at < codes.length; at++)
    variance[at % latentDim] += (codes[at] - mean[at % latentDim]) ** 2 / n;
  return { n, mean, variance };
}

/**
 * The latents in the order of how much they are used: by the variance of the code over faces. A latent that a VAE does
 * not use keeps its posterior at the prior, and its code at 0 whatever the face (Burda et al. 2016, arXiv 1509.00519,
 * call a latent active above 0.01).
 */
export function rankLatents({ variance }: CodeStatistics): Uint32Array {
  return Uint32Array.from(variance.keys()).sort((a, b) => variance[b] - variance[a] || a - b);
}

/** Variance of the code above which a latent counts as active (Burda et al. 2016). */
export const activeVariance = 0.01;

/**
 * The k-th principal component of codes.
 *
 * @param codes [n, latentDim]
 * @param k counted from 1
 * @returns the direction, of length 1 and with its largest element positive, and the standard deviation of the codes
 *   along it (variance divided by n).
 * @throws RangeError unless 1 <= k <= latentDim
 */
export function principalComponent(
  codes: Float32Array,
  latentDim: number,
  k: number,
): { direction: Float64Array; deviation: number } {
  if (!(Number.isInteger(k) && k >= 1 && k <= latentDim)) {
    throw new RangeError(`There are components 1 to ${latentDim}, not ${k}`);
  }
  const { mean, n } = codeStatistics(codes, latentDim);
  const covariance = matrix(latentDim, latentDim);
  const row = new Float64Array(latentDim);
  for (let face = 0; face < n; face++) {
    for (let i = 0; i < latentDim; i++) row[i] = codes[face * latentDim + i] - mean[i];
    for (let i = 0; i < latentDim; i++) {
      for (let j = i; j < latentDim; j++) covariance.data[i * latentDim + j] += (row[i] * row[j]) / n;
    }
  }
  mirrorUpper(covariance.data, latentDim);
  const { values, vectors } = symmetricEigen(covariance);
  return {
    direction: Float64Array.from({ length: latentDim }, (_, i) => vectors.data[i * latentDim + k - 1]),
    deviation: Math.sqrt(Math.max(0, values[k - 1])),
  };
}

/**
 * Draws from the normal distribution with the mean and covariance (divided by n) of given codes: the mean plus a
 * combination of the centred codes with independent standard normal weights over sqrt(n). No matrix is factored, so
 * that it holds for fewer codes than latents too.
 *
 * @param codes [n, latentDim]
 * @returns [count, latentDim]
 */
export function drawLikeCodes(
  codes: Float32Array,
  latentDim: number,
  count: number,
  random: Random,
): Float32Array {
  const { mean, n } = codeStatistics(codes, latentDim);
  const sums = new Float64Array(count * latentDim);
  const row = new Float64Array(latentDim);
  for (let face = 0; face < n; face++) {
    for (let k = 0; k < latentDim; k++) row[k] = codes[face * latentDim + k] - mean[k];
    for (let at = 0; at < sums.length; at += latentDim) {
      const weight = random.normal();
      for (let k = 0; k < latentDim; k++) sums[at + k] += weight * row[k];
    }
  }
  const scale = 1 / Math.sqrt(n);
  return Float32Array.from(sums, (value, at) => mean[at % latentDim] + scale * value);
}
