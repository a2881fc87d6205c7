import type { Engine } from '../engine/engine.ts';
import { orthonormalBasis } from '../math/qr.ts';
import { type Matrix, matrix, transpose } from '../math/matrix.ts';
import { Random } from '../math/random.ts';
import { symmetricEigen } from '../math/symmetric-eigen.ts';
import type { NoiseCovariance } from './posterior.ts';
import { timesTransposed, timesWide } from './products.ts';

/** Residual patterns a block at a time, as often as they are asked for: [rows, nVoxels] each. */
export type ResidualBlocks = () => AsyncIterable<Float32Array>;

/** What a voxel's own noise is at least, as a share of its variance. */
const leastOwn = 0.1;
/** A voxel that does not vary has this share of the mean variance, so that it can be divided by. */
const leastVariance = 1e-6;
const passes = 2;

/** The strongest patterns of correlated noise, from which covariances of any lower rank are made. */
export interface NoisePatterns {
  /** [nVoxels] */
  readonly variance: Float64Array;
  /** [rank]: variance along each pattern of noise in units of a voxel's, beyond what independent noise would show. */
  readonly strength: Float64Array;
  /** [rank, nVoxels], orthonormal rows, voxels in units of their deviation. */
  readonly patterns: Float32Array;
}

/**
 * Variance of every voxel, and the strongest components of their correlations, by a randomised eigen decomposition (Halko,
 * Martinsson & Tropp 2011, SIAM Review 53:217) of residuals in units of each voxel's deviation. Two passes of power
 * iteration; memory: a block and [rank + 10, nVoxels].
 *
 * Fewer trials than voxels spread independent noise over components of its own (each has n voxels / trials in place of 1:
 * Marchenko and Pastur's law); the mean of what the components leave is taken off each.
 *
 * @param dof degrees of freedom of the residuals, the number of trials less that of the weights fitted to them
 */
export async function noisePatterns(
  blocks: ResidualBlocks,
  nVoxels: number,
  dof: number,
  rank: number,
  seed: number,
  engine: Engine | null = null,
): Promise<NoisePatterns> {
  const variance = new Float64Array(nVoxels);
  let n = 0;
  for await (const block of blocks()) {
    n += block.length / nVoxels;
    for (let at = 0; at < block.length; at += 1) variance[at % nVoxels] += block[at] ** 2 / dof;
  }
  const floor = (leastVariance * variance.reduce((sum, value) => sum + value, 0)) / nVoxels;
  for (let at = 0; at < nVoxels; at += 1) variance[at] = Math.max(variance[at], floor, Number.MIN_VALUE);
  const width = Math.min(rank + 10, n, nVoxels);
  if (rank === 0 || width < 1)
    return { variance, strength: new Float64Array(0), patterns: new Float32Array(0) };
  let basis: Float32Array = new Float32Array(width * nVoxels);
  new Random(`noise-factors-${seed}`).fillNormal(basis);
  let spectrum = new Float64Array(0);
  for (let pass = 0; pass <= passes; pass += 1) {
    const product = new Float32Array(width * nVoxels);
    let inner = matrix(width, width);
    for await (const block of blocks()) {
      const scaled = block.slice();
      for (let at = 0; at < scaled.length; at += 1) scaled[at] /= Math.sqrt(variance[at % nVoxels]);
      const scores = await timesTransposed(engine, basis, scaled, nVoxels);
      inner = sum(
        inner,
        await timesTransposed(
          null,
          Float32Array.from(scores.data),
          Float32Array.from(scores.data),
          scores.cols,
        ),
      );
      const part = await timesWide(engine, scores, scaled, nVoxels);
      for (let at = 0; at < part.length; at += 1) product[at] += part[at];
    }
    if (pass < passes) basis = orthonormalRows(product, nVoxels);
    else {
      // Rayleigh and Ritz: the components within the span of the basis.
      const { values, vectors } = symmetricEigen(inner);
      spectrum = values.map((value) => value / dof);
      basis = await timesWide(null, transpose(vectors), basis, nVoxels);
    }
  }
  const kept = Math.min(rank, width);
  const top = spectrum.slice(0, kept);
  const left = Math.max(1, Math.min(n, nVoxels) - kept);
  const rest = Math.max(0, nVoxels - top.reduce((total, value) => total + value, 0)) / left;
  return {
    variance,
    strength: top.map((value) => Math.max(0, value - rest)),
    patterns: basis.slice(0, kept * nVoxels),
  };
}

/** A covariance with some of the patterns: in units of each voxel's deviation a correlation matrix. */
export function noiseCovariance(
  { variance, strength, patterns }: NoisePatterns,
  rank: number,
): NoiseCovariance {
  const nVoxels = variance.length;
  const kept = Math.min(rank, strength.length);
  const factors = new Float32Array(kept * nVoxels);
  const shared = new Float64Array(nVoxels);
  for (let at = 0; at < factors.length; at += 1) {
    const row = Math.floor(at / nVoxels);
    factors[at] = Math.sqrt(strength[row]) * patterns[at];
    shared[at % nVoxels] += factors[at] ** 2;
  }
  // What is shared is no more than all but a voxel's own part.
  const limit = shared.map((value) => Math.min(1, (1 - leastOwn) / Math.max(value, 1e-12)));
  for (let at = 0; at < factors.length; at += 1) {
    const voxel = at % nVoxels;
    factors[at] *= Math.sqrt(limit[voxel] * variance[voxel]);
  }
  return { diagonal: variance.map((value, at) => value * (1 - shared[at] * limit[at])), factors };
}

function orthonormalRows(rows: Float32Array, nVoxels: number): Float32Array {
  const width = rows.length / nVoxels;
  const { q } = orthonormalBasis(transpose(matrix(width, nVoxels, Float64Array.from(rows))));
  const result = new Float32Array(rows.length);
  for (let voxel = 0; voxel < nVoxels; voxel += 1) {
    for (let at = 0; at < q.cols; at += 1) result[at * nVoxels + voxel] = q.data[voxel * q.cols + at];
  }
  return result;
}

function sum(a: Matrix, b: Matrix): Matrix {
  return matrix(
    a.rows,
    a.cols,
    a.data.map((value, at) => value + b.data[at]),
  );
}
