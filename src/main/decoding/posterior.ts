import type { Engine } from '../engine/engine.ts';
import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import { crossProduct, type Matrix, matrix, multiply, transpose } from '../math/matrix.ts';
import { symmetricEigen } from '../math/symmetric-eigen.ts';
import type { AffineDecoder } from './affine-decoder.ts';
import { timesTransposed, timesWide } from './products.ts';

/** Gaussian prior of codes. */
export interface CodePrior {
  /** [nLatents] */
  readonly mean: Float64Array;
  /** [nLatents, nLatents] */
  readonly covariance: Matrix;
}

/** Covariance of the noise of one presentation, `diag(diagonal) + factors' factors`. */
export interface NoiseCovariance {
  /** [nVoxels], positive */
  readonly diagonal: Float64Array;
  /** [rank, nVoxels]; empty for a diagonal covariance */
  readonly factors: Float32Array;
}

/** Added to the prior's covariance, as a share of its mean variance: few faces leave it singular. */
const priorFloor = 1e-6;

/** Mean and covariance of codes, [n, nLatents], about their mean. */
export function priorOf(codes: Float32Array, nLatents: number): CodePrior {
  const n = codes.length / nLatents;
  const mean = new Float64Array(nLatents);
  for (let row = 0; row < n; row += 1) {
    for (let at = 0; at < nLatents; at += 1) mean[at] += codes[row * nLatents + at] / n;
  }
  const centred = matrix(n, nLatents);
  for (let at = 0; at < codes.length; at += 1) centred.data[at] = codes[at] - mean[at % nLatents];
  const covariance = crossProduct(centred, centred);
  let trace = 0;
  for (let at = 0; at < covariance.data.length; at += 1) covariance.data[at] /= n - 1;
  for (let at = 0; at < nLatents; at += 1) trace += covariance.data[at * nLatents + at];
  for (let at = 0; at < nLatents; at += 1) {
    covariance.data[at * nLatents + at] += (priorFloor * trace) / nLatents;
  }
  return { mean, covariance };
}

/**
 * Decoder (c): the posterior mean of `y = W'x + b + e` with x ~ N(mean, P) and e ~ N(0, s R),
 * `x = mean + (P^-1 + W R^-1 W' / s)^-1 W R^-1 (y - b - W' mean) / s`, s being the noise of the pattern in units of one
 * presentation's (Bishop 2006, *Pattern Recognition and Machine Learning*, 2.116; R^-1 by Woodbury's identity).
 *
 * With P = C C' and the eigen decomposition C' W R^-1 W' C = U D U', it is `mean + C U (D + s)^-1 U' C' W R^-1 (...)`: s
 * enters at the last step, and one matrix serves patterns of any number of presentations.
 *
 * @param weights [nLatents + 1, nVoxels], the bias last
 * @param noise multiplier of every pattern's noise, kept in the result
 */
export async function posteriorDecoder(
  weights: Float32Array,
  nVoxels: number,
  prior: CodePrior,
  covariance: NoiseCovariance,
  noise: number,
  engine: Engine | null = null,
): Promise<AffineDecoder> {
  const nLatents = prior.mean.length;
  const latents = weights.subarray(0, nLatents * nVoxels);
  const bias = weights.subarray(nLatents * nVoxels, (nLatents + 1) * nVoxels);
  const whitened = await timesInverse(latents, nVoxels, covariance, engine);
  const precision = await timesTransposed(engine, whitened, latents, nVoxels);
  const root = choleskyFactor(prior.covariance);
  if (!root.ok) throw new RangeError(`The prior's covariance is singular at latent ${root.column}`);
  const middle = multiply(crossProduct(root.lower, precision), root.lower);
  const { values, vectors } = symmetricEigen(symmetrised(middle));
  const axes = multiply(root.lower, vectors);
  const decoding = await timesWide(engine, transpose(axes), whitened, nVoxels);
  const expected = new Float32Array(nVoxels);
  for (let voxel = 0; voxel < nVoxels; voxel += 1) {
    let sum = bias[voxel];
    for (let at = 0; at < nLatents; at += 1) sum += prior.mean[at] * latents[at * nVoxels + voxel];
    expected[voxel] = sum;
  }
  const offset = (await timesTransposed(null, decoding, expected, nVoxels)).data;
  return {
    nLatents,
    nVoxels,
    matrix: decoding,
    offset: Float64Array.from(offset),
    posterior: {
      mean: prior.mean,
      spread: values.map((value) => Math.max(0, value)),
      back: axes.data,
      noise,
    },
  };
}

/** `a R^-1`, [rows, nVoxels], by Woodbury: `a P - (a P F')(I + F P F')^-1 F P` with P the inverse diagonal. */
async function timesInverse(
  a: Float32Array,
  nVoxels: number,
  { diagonal, factors }: NoiseCovariance,
  engine: Engine | null,
): Promise<Float32Array> {
  const scaled = a.slice();
  for (let at = 0; at < scaled.length; at += 1) scaled[at] /= diagonal[at % nVoxels];
  const rank = factors.length / nVoxels;
  if (rank === 0) return scaled;
  const scaledFactors = factors.slice();
  for (let at = 0; at < factors.length; at += 1) scaledFactors[at] /= diagonal[at % nVoxels];
  const inner = await timesTransposed(engine, scaledFactors, factors, nVoxels);
  for (let at = 0; at < rank; at += 1) inner.data[at * rank + at] += 1;
  const factor = choleskyFactor(symmetrised(inner));
  if (!factor.ok) throw new RangeError('The noise factors are not finite');
  const across = await timesTransposed(engine, scaled, factors, nVoxels);
  const weights = multiply(across, choleskyInverse(factor.lower));
  const taken = await timesWide(engine, weights, scaledFactors, nVoxels);
  for (let at = 0; at < scaled.length; at += 1) scaled[at] -= taken[at];
  return scaled;
}

/** Products in float32 are symmetric to rounding alone. */
function symmetrised({ rows, data }: Matrix): Matrix {
  const result = matrix(rows, rows);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < rows; j += 1)
      result.data[i * rows + j] = (data[i * rows + j] + data[j * rows + i]) / 2;
  }
  return result;
}
