import { FusiformError } from '../../shared/errors.ts';
import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import { fLogSf, normalIsfFromLog, studentTSf, tToZ } from '../math/distributions.ts';
import { type Matrix, matrix, multiply, multiplyTransposed } from '../math/matrix.ts';
import type { LinearFit } from './linear-fit.ts';

/** A t contrast at every voxel. */
export interface ContrastEstimate {
  /** [nVoxels]: weights' beta. */
  readonly effect: Float64Array;
  /** [nVoxels]: the variance of the effect. */
  readonly variance: Float64Array;
  readonly dof: number;
}

/** A contrast of several rows at every voxel. */
export interface RowsEstimate {
  readonly nRows: number;
  /** [nRows, nVoxels] */
  readonly effects: Float64Array;
  /** [nRows (nRows + 1) / 2, nVoxels]: the lower triangle of the effects' covariance, row by row. */
  readonly covariances: Float64Array;
  readonly dof: number;
}

/** nilearn's `DEF_TINY`: variances below it count as it. */
const TINY = 1e-50;

/**
 * The contrast of a fit: effect `c beta` and its variance `c (X'X)^-1 c' s^2` (nilearn's `compute_contrast`).
 * @param weights one a column, as `parseContrast` gives them
 */
export function computeContrast(fit: LinearFit, weights: ArrayLike<number>): ContrastEstimate {
  const row = matrix(1, weights.length, weights);
  const { effects, covariances, dof } = computeRows(fit, row);
  return { effect: effects, variance: covariances, dof };
}

/**
 * The effects of several rows, `C beta`, and their covariance `C (X'X)^-1 C' s^2`.
 * @param rows [nRows, columns]
 * @throws FusiformError CONTRAST_INVALID where the rows are not independent
 */
export function computeRows(fit: LinearFit, rows: Matrix): RowsEstimate {
  const n = fit.names.length;
  if (rows.cols !== n) throw new RangeError(`${rows.cols} weights for ${n} columns`);
  const { nVoxels } = fit;
  const nRows = rows.rows;
  const effects = new Float64Array(nRows * nVoxels);
  for (let r = 0; r < nRows; r++) {
    for (let i = 0; i < n; i++) {
      const weight = rows.data[r * n + i];
      if (weight === 0) continue;
      for (let v = 0; v < nVoxels; v++) effects[r * nVoxels + v] += weight * fit.beta[i * nVoxels + v];
    }
  }
  const scales = (fit.groups?.covariances ?? [fit.covariance]).map((covariance) =>
    multiplyTransposed(multiply(rows, covariance), rows),
  );
  for (const scale of scales) {
    if (nRows > 1 && !choleskyFactor(scale, 1e-10).ok) {
      throw new FusiformError('CONTRAST_INVALID', 'The rows of a contrast are not independent');
    }
  }
  const covariances = new Float64Array(((nRows * (nRows + 1)) / 2) * nVoxels);
  for (let r = 0, at = 0; r < nRows; r++) {
    for (let c = 0; c <= r; c++, at += nVoxels) {
      for (let v = 0; v < nVoxels; v++) {
        const scale = scales[fit.groups?.of[v] ?? 0];
        covariances[at + v] = scale.data[r * nRows + c] * fit.residualVariance[v];
      }
    }
  }
  return { nRows, effects, covariances, dof: fit.dof };
}

/** effect / sqrt(variance), [nVoxels]; 0 where the effect is 0, whatever the variance. */
export function tStatistics({ effect, variance }: ContrastEstimate): Float64Array {
  return effect.map((value, v) => (value === 0 ? 0 : value / Math.sqrt(Math.max(variance[v], TINY))));
}

/** The z of the same tail as t, [nVoxels]: nilearn's z map, without its limit far in the tail. */
export function zStatistics(estimate: ContrastEstimate): Float64Array {
  return tStatistics(estimate).map((t) => tToZ(t, estimate.dof));
}

/** The probability of a larger t by chance, [nVoxels]: one-sided, as nilearn's p map. */
export function pValues(estimate: ContrastEstimate): Float64Array {
  return tStatistics(estimate).map((t) => studentTSf(t, estimate.dof));
}

/**
 * F of several rows: `b' cov(b)^-1 b / nRows` with nRows and dof degrees of freedom, [nVoxels]; 0 where all effects are
 * 0.
 */
export function fStatistics({ nRows, effects, covariances }: RowsEstimate): Float64Array {
  const nVoxels = effects.length / nRows;
  const covariance = matrix(nRows, nRows);
  return Float64Array.from({ length: nVoxels }, (_, v) => {
    let any = false;
    for (let r = 0; r < nRows; r++) any ||= effects[r * nVoxels + v] !== 0;
    if (!any) return 0;
    readCovariance(covariances, nVoxels, v, covariance);
    const factor = choleskyFactor(covariance);
    if (!factor.ok) return 0;
    const inverse = choleskyInverse(factor.lower);
    let sum = 0;
    for (let r = 0; r < nRows; r++) {
      for (let c = 0; c < nRows; c++) {
        sum += effects[r * nVoxels + v] * inverse.data[r * nRows + c] * effects[c * nVoxels + v];
      }
    }
    return sum / nRows;
  });
}

/** p of F, and the z of the same upper tail: negative where F is less than expected by chance, and 0 where F is 0. */
export function fTails(
  f: Float64Array,
  { nRows, dof }: RowsEstimate,
): { readonly p: Float64Array; readonly z: Float64Array } {
  const logs = f.map((value) => fLogSf(value, nRows, dof));
  return { p: logs.map(Math.exp), z: logs.map((log, v) => (f[v] === 0 ? 0 : normalIsfFromLog(log))) };
}

/** A voxel's covariance of effects, filled into [nRows, nRows]. */
export function readCovariance(
  covariances: Float64Array,
  nVoxels: number,
  voxel: number,
  into: Matrix,
): void {
  const nRows = into.rows;
  for (let r = 0, at = voxel; r < nRows; r++) {
    for (let c = 0; c <= r; c++, at += nVoxels) {
      into.data[r * nRows + c] = covariances[at];
      into.data[c * nRows + r] = covariances[at];
    }
  }
}
