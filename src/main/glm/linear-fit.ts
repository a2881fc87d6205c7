import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { Matrix } from '../math/matrix.ts';

/** A least-squares fit at every voxel: what contrasts need, from one run or from many. */
export interface LinearFit {
  /** The columns. */
  readonly names: readonly string[];
  readonly nVoxels: number;
  /** [names.length, nVoxels] */
  readonly beta: Float64Array | Float32Array;
  /** [names.length, names.length]: (X'X)^-1. */
  readonly covariance: Matrix;
  /** Where voxels differ in their noise, and so in (X'X)^-1: [nVoxels] which of the covariances is theirs. */
  readonly groups?: { readonly of: Int32Array; readonly covariances: readonly Matrix[] };
  /** [nVoxels]: the noise's correlation from one volume to the next, where it was modelled. */
  readonly autocorrelation?: Float64Array;
  /** [nVoxels]: residual sum of squares / dof. */
  readonly residualVariance: Float64Array;
  /** Degrees of freedom of the residuals. */
  readonly dof: number;
  /** What was found on the way, such as nuisance columns left out. */
  readonly problems: readonly Problem[];
}

/** The mean of each voxel. @throws FusiformError DATA_NOT_FINITE with the number of voxels concerned */
export function voxelMeans(y: Float32Array, nTime: number, nVoxels: number): Float64Array {
  if (y.length !== nTime * nVoxels) {
    throw new RangeError(`${y.length} values are not ${nTime} volumes of ${nVoxels} voxels`);
  }
  const means = new Float64Array(nVoxels);
  for (let t = 0; t < nTime; t++) {
    const at = t * nVoxels;
    for (let v = 0; v < nVoxels; v++) means[v] += y[at + v];
  }
  let bad = 0;
  let first = -1;
  for (let v = 0; v < nVoxels; v++) {
    means[v] /= nTime;
    if (Number.isFinite(means[v])) continue;
    if (bad === 0) first = v;
    bad++;
  }
  if (bad > 0) {
    throw new FusiformError('DATA_NOT_FINITE', `${bad} of ${nVoxels} voxels hold NaN or Inf`, {
      details: { voxels: bad, firstVoxel: first },
    });
  }
  return means;
}

/**
 * Fills `out`, [nTime, size], with voxels start .. start + size of `y`, less their means.
 * @param means [nVoxels]; null: as they are
 */
export function centredBlock(
  out: Float64Array | Float32Array,
  y: Float32Array,
  means: Float64Array | null,
  start: number,
  size: number,
): void {
  const nTime = out.length / size;
  const nVoxels = y.length / nTime;
  for (let t = 0; t < nTime; t++) {
    const from = t * nVoxels + start;
    const to = t * size;
    if (means === null) out.set(y.subarray(from, from + size), to);
    else for (let v = 0; v < size; v++) out[to + v] = y[from + v] - means[start + v];
  }
}

/** The error for columns that others contain: `blame` lists each with those that make it up. */
export function collinearError(
  blame: readonly { readonly column: string; readonly with: readonly string[] }[],
): FusiformError {
  const sentences = blame
    .slice(0, 5)
    .map((entry) =>
      entry.with.length === 0
        ? `'${entry.column}' is zero throughout`
        : `'${entry.column}' is a combination of ${listNames(entry.with)}`,
    );
  const more = blame.length > 5 ? ` and ${blame.length - 5} more` : '';
  return new FusiformError('DESIGN_COLLINEAR', `The design is collinear: ${sentences.join('; ')}${more}`, {
    details: { columns: blame },
  });
}

export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 6).map((name) => `'${name}'`);
  return shown.join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '');
}
