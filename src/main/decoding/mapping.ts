import { FusiformError } from '../../shared/errors.ts';
import { choleskyFactor, choleskySolve } from '../math/cholesky.ts';
import { type Matrix, matrix, mirrorUpper } from '../math/matrix.ts';
import { checkPatterns } from './check-patterns.ts';

/**
 * The decoder of VanRullen & Reddy (2019): the forward model `Y = X W` inverted by least squares,
 * `x = y W' (W W')^-1`, and the bias dropped.
 */
export interface LinearDecoder {
  /** [nRegressors, nVoxels], as given (not copied). */
  readonly weights: Float32Array | Float64Array;
  readonly nRegressors: number;
  readonly nVoxels: number;
  /** Row of the weights that belongs to the face bias and not to a latent; null for none. */
  readonly biasRow: number | null;
  readonly nLatents: number;
  /** Lower Cholesky factor of `W W'`, float64. */
  readonly factor: Matrix;
}

/**
 * A row counts as a combination of the rows before it when they leave less than this share of its squared length:
 * float32 weights hold no information below.
 */
export const singularTolerance = 1e-12;

/**
 * Factors `W W'` once for any number of patterns.
 *
 * @param weights [nRegressors, nVoxels] row-major, in any unit of the voxels (patterns in the same).
 * @throws FusiformError MAPPING_SINGULAR when a regressor's weights are zero, not finite, or a combination of other
 *   regressors' (always so with more regressors than voxels).
 */
export function prepareDecoder(
  weights: Float32Array | Float64Array,
  nRegressors: number,
  nVoxels: number,
  biasRow: number | null,
): LinearDecoder {
  if (weights.length !== nRegressors * nVoxels) {
    throw new RangeError(`${weights.length} weights for ${nRegressors} regressors and ${nVoxels} voxels`);
  }
  if (biasRow !== null && !(Number.isInteger(biasRow) && biasRow >= 0 && biasRow < nRegressors)) {
    throw new RangeError(`The bias cannot be row ${biasRow} of ${nRegressors}`);
  }
  const gram = matrix(nRegressors, nRegressors);
  for (let i = 0; i < nRegressors; i += 1) {
    for (let j = i; j < nRegressors; j += 1) {
      gram.data[i * nRegressors + j] = innerProduct(weights, i * nVoxels, weights, j * nVoxels, nVoxels);
    }
  }
  mirrorUpper(gram.data, nRegressors);
  const factored = choleskyFactor(gram, singularTolerance);
  if (!factored.ok) {
    throw new FusiformError(
      'MAPPING_SINGULAR',
      `The weights of regressor ${factored.column + 1} of ${nRegressors} are zero or follow from the others' in these ${nVoxels} voxels.`,
      { details: { regressor: factored.column, nRegressors, nVoxels } },
    );
  }
  const nLatents = nRegressors - (biasRow === null ? 0 : 1);
  return { weights, nRegressors, nVoxels, biasRow, nLatents, factor: factored.lower };
}

/**
 * Decodes patterns, each by itself: a pattern's code is the same, bit for bit, alone or in any batch.
 *
 * @param patterns [nPatterns, nVoxels] row-major, of the voxels of the weights.
 * @returns codes [nPatterns, nLatents], the bias left out, computed in float64.
 * @throws FusiformError PATTERN_VOXELS_MISMATCH, PATTERN_NOT_FINITE.
 */
export function decodePatterns(decoder: LinearDecoder, patterns: Float32Array | Float64Array): Float32Array {
  const { weights, nRegressors, nVoxels, biasRow, nLatents, factor } = decoder;
  checkPatterns(patterns, nVoxels);
  const nPatterns = patterns.length / nVoxels;
  const codes = new Float32Array(nPatterns * nLatents);
  const projected = matrix(nRegressors, 1);
  for (let pattern = 0; pattern < nPatterns; pattern += 1) {
    for (let i = 0; i < nRegressors; i += 1) {
      projected.data[i] = innerProduct(weights, i * nVoxels, patterns, pattern * nVoxels, nVoxels);
    }
    const solution = choleskySolve(factor, projected).data;
    let latent = pattern * nLatents;
    for (let i = 0; i < nRegressors; i += 1) {
      if (i === biasRow) continue;
      codes[latent] = solution[i];
      latent += 1;
    }
  }
  return codes;
}

type Floats = Float32Array | Float64Array;

function innerProduct(a: Floats, aStart: number, b: Floats, bStart: number, length: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    even += a[aStart + i] * b[bStart + i];
    odd += a[aStart + i + 1] * b[bStart + i + 1];
  }
  if (i < length) even += a[aStart + i] * b[bStart + i];
  return even + odd;
}
