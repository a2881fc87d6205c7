import type { Engine } from '../engine/engine.ts';
import { otherWork } from '../engine/other-work.ts';
import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import { crossProduct, gram, type Matrix, matrix, multiply, transpose } from '../math/matrix.ts';
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
export function priorOf(codes: Float32Array, nLatents: number, engine: Engine | null = null): CodePrior {
  const n = codes.length / nLatents;
  const mean = new Float64Array(nLatents);
  for (let row = 0; row < n; row += 1) {
    for (let at = 0; at < nLatents; at += 1) mean[at] += codes[row * nLatents + at] / n;
  }
  const centred = matrix(n, nLatents);
  for (let at = 0; at < codes.length; at += 1) centred.data[at] = codes[at] - mean[at % nLatents];
  const covariance = engine === null ? gram(centred) : engine.gram(centred);
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
 * Products as long as a brain are the engine's; among latents all is in float64 here (1024 of them: about 5 s, 3.5 of which are the
 * eigen decomposition, whose place is paid back by the noise levels that share it).
 *
 * @param noise multiplier of every pattern's noise, kept in the result
 */
export async function posteriorDecoder(
  weights: Float32Array,
  nVoxels: number,
  prior: CodePrior,
  covariance: NoiseCovariance,
  noise: number,
  engine: Engine | null = null,
  signal?: AbortSignal,
): Promise<AffineDecoder> {
  const nLatents = prior.mean.length;
  const latents = weights.subarray(0, nLatents * nVoxels);
  const bias = weights.subarray(nLatents * nVoxels, (nLatents + 1) * nVoxels);
  const whitened = await timesInverse(latents, nVoxels, covariance, engine);
  await otherWork(signal);
  const precision = await timesTransposed(engine, whitened, latents, nVoxels);
  await otherWork(signal);
  const root = choleskyFactor(prior.covariance);
  if (!root.ok) throw new RangeError(`The prior's covariance is singular at latent ${root.column}`);
  const middle = multiply(crossProduct(root.lower, precision), root.lower);
  const { values, vectors } = symmetricEigen(symmetrised(middle));
  const axes = multiply(root.lower, vectors);
  await otherWork(signal);
  const decoding = await timesWide(engine, transpose(axes), whitened, nVoxels);
  const expected = Float64Array.from(bias);
  for (let at = 0; at < nLatents; at += 1) {
    const [mean, from] = [prior.mean[at], at * nVoxels];
    for (let voxel = 0; voxel < nVoxels; voxel += 1) expected[voxel] += mean * latents[from + voxel];
  }
  const offset = new Float64Array(nLatents);
  for (let at = 0; at < nLatents; at += 1) {
    const from = at * nVoxels;
    let sum = 0;
    for (let voxel = 0; voxel < nVoxels; voxel += 1) sum += decoding[from + voxel] * expected[voxel];
    offset[at] = sum;
  }
  return {
    nLatents,
    nVoxels,
    matrix: decoding,
    offset,
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
  const scaled = dividedBy(a, diagonal);
  const rank = factors.length / nVoxels;
  if (rank === 0) return scaled;
  const scaledFactors = dividedBy(factors, diagonal);
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

/** Every row divided by the diagonal. */
function dividedBy(rows: Float32Array, diagonal: Float64Array): Float32Array {
  const nVoxels = diagonal.length;
  const result = new Float32Array(rows.length);
  for (let from = 0; from < rows.length; from += nVoxels) {
    for (let voxel = 0; voxel < nVoxels; voxel += 1)
      result[from + voxel] = rows[from + voxel] / diagonal[voxel];
  }
  return result;
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
