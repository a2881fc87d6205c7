import { errorCodes } from '../../shared/error-codes.ts';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { collinearInBasis } from '../math/collinear-columns.ts';
import { crossProduct, type Matrix, matrix, multiply, multiplyTransposed } from '../math/matrix.ts';
import { type OrthonormalBasis, orthonormalBasis, upperTriangularInverse } from '../math/qr.ts';
import { type Design, isNuisance, selectColumns } from './design.ts';
import { collinearError, listNames } from './linear-fit.ts';

/**
 * A design taken apart once, to be fitted to any number of voxels.
 *
 * Nuisance comes first: what nuisance contains of an effect counts as nuisance, and a dependent effect is one that
 * cannot be estimated. A nuisance column that other nuisance columns contain is left out (coefficient 0) and reported.
 */
export class LeastSquares {
  /** [nTime, rank]: orthonormal. */
  readonly q: Matrix;
  readonly rank: number;
  /** Degrees of freedom of the residuals. */
  readonly dof: number;
  /** [columns, columns]: (X'X)^-1; rows and columns of what was left out are 0. */
  readonly covariance: Matrix;
  readonly problems: readonly Problem[];
  readonly #rInverse: Matrix;
  /** The design's column behind each column of q. */
  readonly #columnOf: readonly number[];

  /** @throws FusiformError DESIGN_COLLINEAR (an effect is not estimable), DESIGN_NO_DOF */
  constructor(design: Design) {
    const { basis, order, problems } = independentColumns(design);
    const nColumns = design.names.length;
    this.q = basis.q;
    this.rank = basis.kept.length;
    this.dof = design.columns.rows - this.rank;
    this.problems = problems;
    this.#rInverse = upperTriangularInverse(selectColumns(basis.r, basis.kept));
    this.#columnOf = basis.kept.map((i) => order[i]);
    const kept = multiplyTransposed(this.#rInverse, this.#rInverse);
    this.covariance = matrix(nColumns, nColumns);
    for (let i = 0; i < this.rank; i++) {
      for (let j = 0; j < this.rank; j++) {
        this.covariance.data[this.#columnOf[i] * nColumns + this.#columnOf[j]] = kept.data[i * this.rank + j];
      }
    }
  }

  /**
   * Fits a block of voxels.
   * @param block [nTime, size]
   * @param store takes the coefficients of one of the design's columns, [size]
   * @returns sums of squared residuals, [size]
   */
  fit(block: Matrix, store: (column: number, coefficients: Float64Array) => void): Float64Array {
    const projections = crossProduct(this.q, block);
    const coefficients = multiply(this.#rInverse, projections);
    for (let k = 0; k < this.rank; k++) {
      store(this.#columnOf[k], coefficients.data.subarray(k * block.cols, (k + 1) * block.cols));
    }
    return residualSquares(block, this.q, projections);
  }

  /** A block less its fit. */
  residuals(block: Matrix): Matrix {
    const fitted = multiply(this.q, crossProduct(this.q, block));
    for (let i = 0; i < fitted.data.length; i++) fitted.data[i] = block.data[i] - fitted.data[i];
    return fitted;
  }
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
  const blame = collinearInBasis(basis).map((entry) => ({
    column: design.names[order[entry.column]],
    with: entry.with.map((k) => design.names[order[k]]),
    isNuisance: entry.column < nuisance.length,
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
