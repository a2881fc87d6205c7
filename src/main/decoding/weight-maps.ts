import { choleskyFactor, choleskySolve } from '../math/cholesky.ts';
import { dot, matrix, mirrorUpper } from '../math/matrix.ts';
import type { LinearDecoder } from './mapping.ts';

type Floats = Float32Array | Float64Array;

/**
 * The decoder's weights for one number read from the decoded code, an extraction filter: with it, `filter . pattern` is
 * `direction . code` for every pattern. One column of `W' (W W')^-1`, or a combination of them.
 *
 * What a filter weighs is not where the information is: it also takes off noise that voxels share (Haufe et al. 2014).
 *
 * @param direction of the decoded latents, the bias left out, [decoder.nLatents]
 * @returns [decoder.nVoxels]
 */
export function extractionFilter(decoder: LinearDecoder, direction: Floats): Float64Array {
  const { weights, nRegressors, nVoxels, nLatents, factor } = decoder;
  if (direction.length !== nLatents) {
    throw new RangeError(`A direction of ${direction.length} numbers for ${nLatents} latents`);
  }
  const solution = choleskySolve(factor, matrix(nRegressors, 1, spread(decoder, direction))).data;
  return combination(weights, nVoxels, solution);
}

/**
 * The forward model's weights along a direction: how much the response of every voxel changes when the code moves by it.
 *
 * @param direction [decoder.nLatents] @returns [decoder.nVoxels], in the units of the weights
 */
export function encodingWeights(decoder: LinearDecoder, direction: Floats): Float64Array {
  if (direction.length !== decoder.nLatents) {
    throw new RangeError(`A direction of ${direction.length} numbers for ${decoder.nLatents} latents`);
  }
  return combination(decoder.weights, decoder.nVoxels, spread(decoder, direction));
}

/** A direction of the latents among all regressors, 0 for the bias. */
function spread({ nRegressors, biasRow }: LinearDecoder, direction: Floats): Float64Array {
  const result = new Float64Array(nRegressors);
  let latent = 0;
  for (let row = 0; row < nRegressors; row += 1) {
    if (row === biasRow) continue;
    result[row] = direction[latent];
    latent += 1;
  }
  return result;
}

/** Rows of the weights, each times its coefficient, [nVoxels]. */
function combination(weights: Floats, nVoxels: number, coefficients: Floats): Float64Array {
  const result = new Float64Array(nVoxels);
  coefficients.forEach((coefficient: number, row: number) => {
    if (coefficient === 0) return;
    for (let voxel = 0; voxel < nVoxels; voxel += 1) {
      result[voxel] += coefficient * weights[row * nVoxels + voxel];
    }
  });
  return result;
}

/**
 * The activation patterns that belong to extraction filters (Haufe et al. 2014, NeuroImage 87:96, doi
 * 10.1016/j.neuroimage.2013.10.067, equation 6): `A = cov(Y) F cov(Y F)^-1`, without ever forming the covariance of the voxels. A
 * voxel's value is how much its response changes with the number that is read, others that are read beside it held.
 *
 * @param patterns [nPatterns, nVoxels] @param filters each [nVoxels]; one alone is the usual case
 * @returns one pattern a filter, [nVoxels]; in units of the patterns over units of what is read
 * @throws RangeError where the shapes do not fit, or fewer patterns than filters + 1 leave the covariance singular
 */
export function haufePatterns(patterns: Floats, nVoxels: number, filters: readonly Floats[]): Float64Array[] {
  const n = patterns.length / nVoxels;
  const k = filters.length;
  if (!Number.isInteger(n) || filters.some((filter) => filter.length !== nVoxels)) {
    throw new RangeError(`${patterns.length} values and ${k} filters for ${nVoxels} voxels`);
  }
  // What is read, centred over patterns, [n, k]; the patterns themselves need not be centred then.
  const read = matrix(n, k);
  filters.forEach((filter, column) => {
    let mean = 0;
    for (let row = 0; row < n; row += 1) {
      read.data[row * k + column] = project(patterns, row * nVoxels, filter);
      mean += read.data[row * k + column] / n;
    }
    for (let row = 0; row < n; row += 1) read.data[row * k + column] -= mean;
  });
  const covariance = matrix(k, k);
  const cross = matrix(k, nVoxels);
  for (let row = 0; row < n; row += 1) {
    for (let i = 0; i < k; i += 1) {
      const value = read.data[row * k + i];
      for (let j = i; j < k; j += 1) covariance.data[i * k + j] += value * read.data[row * k + j];
      for (let voxel = 0; voxel < nVoxels; voxel += 1) {
        cross.data[i * nVoxels + voxel] += value * patterns[row * nVoxels + voxel];
      }
    }
  }
  mirrorUpper(covariance.data, k);
  const factored = choleskyFactor(covariance, 1e-10);
  if (!factored.ok) throw new RangeError(`${n} patterns do not tell ${k} readings apart`);
  const solved = choleskySolve(factored.lower, cross).data;
  return Array.from({ length: k }, (_, i) => solved.slice(i * nVoxels, (i + 1) * nVoxels));
}

function project(patterns: Floats, start: number, filter: Floats): number {
  let sum = 0;
  for (let voxel = 0; voxel < filter.length; voxel += 1) sum += patterns[start + voxel] * filter[voxel];
  return sum;
}

export interface SimilarityFilter {
  /** Direction in latent space whose projection of the decoded code is its correlation with the target, [nLatents]. */
  readonly direction: Float64Array;
  /** Pearson correlation of the decoded code with the target. */
  readonly r: number;
}

/**
 * The direction by which a decoded code's correlation with its target is a sum over latents, and so over voxels:
 * `r = sum_k direction_k code_k` with `direction = (target - mean) / (|target - mean| |code - mean|)`.
 *
 * @param code decoded, [nLatents] @param target [nLatents]
 * @returns null where either is of one value throughout
 */
export function similarityDirection(code: Floats, target: Floats): SimilarityFilter | null {
  const centredCode = centred(code);
  const centredTarget = centred(target);
  const length = Math.sqrt(
    dot(centredCode, 0, centredCode, 0, code.length) * dot(centredTarget, 0, centredTarget, 0, target.length),
  );
  if (!(length > 0)) return null;
  const direction = centredTarget.map((value) => value / length);
  return { direction, r: dot(direction, 0, centredCode, 0, code.length) };
}

function centred(values: Floats): Float64Array {
  const all = Float64Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return all.map((value) => value - mean);
}
