import { errorCodes } from '../../shared/error-codes.ts';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { WorkContext } from '../../shared/progress.ts';
import { crossProduct, type Matrix, matrix, multiply, multiplyTransposed } from '../math/matrix.ts';
import { type OrthonormalBasis, orthonormalBasis, upperTriangularInverse } from '../math/qr.ts';
import { type Design, isNuisance, selectColumns } from './design.ts';
import { centredBlock, collinearError, type LinearFit, listNames, voxelMeans } from './linear-fit.ts';

export interface RunFit extends LinearFit {
  readonly beta: Float64Array;
  readonly rank: number;
}

/** Voxels at a time: a block of 200 volumes stays in the second-level cache. */
const BLOCK = 128;

/**
 * Ordinary least squares of one run at every voxel, in float64 (as nilearn's `OLSModel`, R's `lm`).
 *
 * A nuisance column that other nuisance columns contain is left out (coefficient 0) and reported; where an effect
 * cannot be told from other columns the fit stops. A voxel that never changes has effects 0 and no residual.
 * @param y [nTime, nVoxels]
 * @throws FusiformError DESIGN_COLLINEAR (an effect is not estimable), DESIGN_NO_DOF, DATA_NOT_FINITE
 */
export function fitRun(design: Design, y: Float32Array, nVoxels: number, work?: WorkContext): RunFit {
  const nTime = design.columns.rows;
  const nColumns = design.names.length;
  const means = voxelMeans(y, nTime, nVoxels);
  const { basis, order, problems } = independentColumns(design);
  const rank = basis.kept.length;
  const dof = nTime - rank;
  const { q } = basis;
  const rInverse = upperTriangularInverse(selectColumns(basis.r, basis.kept));
  /** The design's column behind each column of q. */
  const columnOf = basis.kept.map((i) => order[i]);
  const constant = constantColumn(design.columns);
  const offsets = constant === null ? new Float64Array(nVoxels) : means;

  const beta = new Float64Array(nColumns * nVoxels);
  const residualVariance = new Float64Array(nVoxels);
  for (let start = 0; start < nVoxels; start += BLOCK) {
    if ((start / BLOCK) % 64 === 0) {
      work?.signal.throwIfAborted();
      work?.report({ done: start, total: nVoxels, unit: 'voxels' });
    }
    const size = Math.min(BLOCK, nVoxels - start);
    const block = matrix(nTime, size);
    // The mean belongs to the constant: taken off, so that it costs no digits.
    centredBlock(block.data, y, offsets, start, size);
    const projections = crossProduct(q, block);
    const coefficients = multiply(rInverse, projections);
    for (let k = 0; k < rank; k++) {
      const row = coefficients.data.subarray(k * size, (k + 1) * size);
      beta.set(row, columnOf[k] * nVoxels + start);
    }
    residualVariance.set(residualSquares(block, q, projections), start);
  }
  if (constant !== null) {
    for (let v = 0; v < nVoxels; v++) beta[constant.column * nVoxels + v] += offsets[v] / constant.value;
  }
  for (let v = 0; v < nVoxels; v++) residualVariance[v] /= dof;
  clearUnchangingVoxels(y, nTime, nVoxels, constant, beta, residualVariance);
  work?.report({ done: nVoxels, total: nVoxels, unit: 'voxels' });

  const kept = multiplyTransposed(rInverse, rInverse);
  const covariance = matrix(nColumns, nColumns);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j < rank; j++) {
      covariance.data[columnOf[i] * nColumns + columnOf[j]] = kept.data[i * rank + j];
    }
  }
  return { names: design.names, nVoxels, beta, covariance, residualVariance, dof, rank, problems };
}

/** Sums of squared residuals of a block; computed anew where the difference of squares would have lost its digits. */
function residualSquares(block: Matrix, q: Matrix, projections: Matrix): Float64Array {
  const { rows: nTime, cols: size } = block;
  const squares = new Float64Array(size);
  for (let t = 0; t < nTime; t++) {
    for (let v = 0; v < size; v++) squares[v] += block.data[t * size + v] ** 2;
  }
  const result = squares.slice();
  for (let k = 0; k < q.cols; k++) {
    for (let v = 0; v < size; v++) result[v] -= projections.data[k * size + v] ** 2;
  }
  for (let v = 0; v < size; v++) {
    if (result[v] > 1e-6 * squares[v]) continue;
    let sum = 0;
    for (let t = 0; t < nTime; t++) {
      let residual = block.data[t * size + v];
      for (let k = 0; k < q.cols; k++) residual -= q.data[t * q.cols + k] * projections.data[k * size + v];
      sum += residual * residual;
    }
    result[v] = sum;
  }
  return result;
}

/**
 * An orthonormal basis of the design, nuisance first: what nuisance contains of an effect counts as nuisance, and a
 * dependent effect is one that cannot be estimated.
 */
function independentColumns(design: Design): {
  basis: OrthonormalBasis;
  /** The design's column behind each column of the matrix that the basis was made of. */
  order: readonly number[];
  problems: Problem[];
} {
  const all = [...design.names.keys()];
  const nuisance = all.filter((i) => isNuisance(design.roles[i])).reverse();
  const effects = all.filter((i) => !isNuisance(design.roles[i]));
  const order = [...nuisance, ...effects];
  const basis = orthonormalBasis(selectColumns(design.columns, order));
  if (basis.kept.length >= design.columns.rows) throw noDegreesOfFreedom(design, basis.kept.length);
  const blame = basis.dependent.map((i) => ({
    column: design.names[order[i]],
    with: contributors(basis, i).map((k) => design.names[order[k]]),
    isNuisance: i < nuisance.length,
  }));
  const effectsToBlame = blame.filter((entry) => !entry.isNuisance);
  if (effectsToBlame.length > 0) throw collinearError(effectsToBlame);
  const problems = blame.map(
    (entry): Problem => ({
      code: 'DESIGN_NUISANCE_DROPPED',
      message:
        entry.with.length === 0
          ? `The nuisance column '${entry.column}' is zero throughout and was left out`
          : `The nuisance column '${entry.column}' is contained in ${listNames(entry.with)} and was left out`,
      remedy: errorCodes.DESIGN_NUISANCE_DROPPED.remedy,
      details: { column: entry.column, with: entry.with },
    }),
  );
  return { basis, order, problems };
}

function noDegreesOfFreedom(design: Design, rank: number): FusiformError {
  return new FusiformError(
    'DESIGN_NO_DOF',
    `${design.columns.rows} volumes leave no degrees of freedom to ${rank} independent columns`,
  );
}

/** The kept columns that make up a dependent one, in substance. */
function contributors(basis: OrthonormalBasis, dependent: number): number[] {
  const { r, kept } = basis;
  const before = kept.filter((column) => column < dependent);
  if (before.length === 0) return [];
  const inverse = upperTriangularInverse(
    selectColumns(
      { rows: before.length, cols: r.cols, data: r.data.subarray(0, before.length * r.cols) },
      before,
    ),
  );
  const target = matrix(before.length, 1);
  let length = 0;
  for (let k = 0; k < before.length; k++) {
    target.data[k] = r.data[k * r.cols + dependent];
    length += target.data[k] ** 2;
  }
  if (length === 0) return [];
  const weights = multiply(inverse, target).data;
  return before.filter((column, k) => {
    let size = 0;
    for (let i = 0; i <= k; i++) size += r.data[i * r.cols + column] ** 2;
    return Math.abs(weights[k]) * Math.sqrt(size) > 1e-6 * Math.sqrt(length);
  });
}

function constantColumn({ rows, cols, data }: Matrix): { column: number; value: number } | null {
  for (let column = cols - 1; column >= 0; column--) {
    const value = data[column];
    let same = value !== 0;
    for (let i = 1; same && i < rows; i++) same = data[i * cols + column] === value;
    if (same) return { column, value };
  }
  return null;
}

/** Without this a constant voxel would have the t of its rounding errors. */
function clearUnchangingVoxels(
  y: Float32Array,
  nTime: number,
  nVoxels: number,
  constant: { column: number; value: number } | null,
  beta: Float64Array,
  residualVariance: Float64Array,
): void {
  if (constant === null) return;
  for (let v = 0; v < nVoxels; v++) {
    let t = 1;
    while (t < nTime && y[t * nVoxels + v] === y[v]) t++;
    if (t < nTime) continue;
    for (let i = v; i < beta.length; i += nVoxels) beta[i] = 0;
    beta[constant.column * nVoxels + v] = y[v] / constant.value;
    residualVariance[v] = 0;
  }
}
