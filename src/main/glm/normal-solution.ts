import { FusiformError } from '../../shared/errors.ts';
import type { WorkContext } from '../../shared/progress.ts';
import type { Engine } from '../engine/engine.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import type { CrossProducts } from './cross-products.ts';
import type { LinearFit } from './linear-fit.ts';
import { engineMultiplier, loopMultiplier } from './multipliers.ts';
import { factorSystem, positionsOf, ridgeOf } from './normal-system.ts';
import { voxelChunks } from './voxel-chunks.ts';

/** Voxels that go through the float64 loops at a time. */
const loopChunk = 128;

export interface SolveOptions {
  /**
   * Added to the diagonal of X'X, the same for every regressor; default 0. Its unit is that of X'X: a regressor's square
   * times volumes. How strongly it shrinks a regressor therefore depends on the regressor's scale and on the number of
   * volumes. Or a number for every regressor (see `latentRidge`). With a ridge, t statistics of the fit have no meaning.
   */
  readonly ridge?: number | Float64Array;
  /** Multiplies in float32 on an engine; default null, float64 loops. */
  readonly engine?: Engine | null;
  readonly work?: WorkContext;
}

export interface NormalSolution extends LinearFit {
  /** [names.length, nVoxels] */
  readonly beta: Float32Array;
  /** [nVoxels] */
  readonly residualSumOfSquares: Float64Array;
  /** Of X'X + ridge, scaled to a unit diagonal. */
  readonly conditionNumber: number;
}

/** The sums of streaming least squares, as far as solving needs them. */
export interface NormalSums {
  readonly names: readonly string[];
  /** X'X */
  readonly gram: Matrix;
  /** X'Y, home. */
  readonly crossProducts: CrossProducts;
  /** y'y, [nVoxels] */
  readonly squares: Float64Array;
  /** Degrees of freedom before the regressors take theirs. */
  readonly nEffectiveObservations: number;
}

/**
 * The coefficients of some regressors: (X'X + ridge I)^-1 X'Y.
 *
 * @throws FusiformError DESIGN_COLLINEAR naming the columns, DESIGN_NO_DOF, CONTRAST_UNKNOWN_COLUMN; an ill-conditioned
 *   design is listed in `problems`
 */
export async function solveNormal(
  sums: NormalSums,
  columns: readonly string[],
  { ridge = 0, engine = null, work }: SolveOptions,
): Promise<NormalSolution> {
  const { squares, nEffectiveObservations, crossProducts } = sums;
  const nVoxels = squares.length;
  const rows = positionsOf(columns, sums.names);
  const system = factorSystem(subMatrix(sums.gram, rows), columns, ridge);
  const added = ridgeOf(ridge, rows.length);
  const dof = nEffectiveObservations - rows.length;
  if (dof <= 0) {
    throw new FusiformError(
      'DESIGN_NO_DOF',
      `${nEffectiveObservations} degrees of freedom after nuisance are not enough for ${rows.length} regressors`,
    );
  }
  const beta = new Float32Array(rows.length * nVoxels);
  const residualSumOfSquares = new Float64Array(nVoxels);
  const times = engine === null ? loopMultiplier(system.inverse) : engineMultiplier(engine, system.inverse);
  try {
    for (const [at, chunk] of crossProducts.chunks.entries()) {
      for (const part of engine === null
        ? voxelChunks(chunk.size, loopChunk)
        : [{ start: 0, size: chunk.size }]) {
        work?.signal.throwIfAborted();
        const right = rightHandSide(crossProducts, at, rows, part.start, part.size);
        const solved = await times.apply(right);
        const start = chunk.start + part.start;
        for (let i = 0; i < rows.length; i++) {
          beta.set(solved.subarray(i * part.size, (i + 1) * part.size), i * nVoxels + start);
        }
        residualSumOfSquares.set(residuals(squares, right, solved, start, added), start);
      }
      work?.report({ done: chunk.start + chunk.size, total: nVoxels, unit: 'voxels' });
    }
  } finally {
    times.dispose();
  }
  return {
    names: columns,
    nVoxels,
    beta,
    covariance: system.inverse,
    conditionNumber: system.conditionNumber,
    residualSumOfSquares,
    residualVariance: residualSumOfSquares.map((value) => value / dof),
    dof,
    problems: system.problems,
  };
}

/** Rows of X'Y at voxels start .. start + size of a chunk, in float64. */
export function rightHandSide(
  crossProducts: CrossProducts,
  at: number,
  rows: readonly number[],
  start: number,
  size: number,
): Matrix {
  const result = matrix(rows.length, size);
  const values = crossProducts.values(at);
  if (values === null) return result;
  rows.forEach((row, i) => {
    const from = row * crossProducts.chunks[at].size + start;
    result.data.set(values.subarray(from, from + size), i * size);
  });
  return result;
}

function subMatrix(whole: Matrix, rows: readonly number[]): Matrix {
  const result = matrix(rows.length, rows.length);
  rows.forEach((row, i) => {
    rows.forEach((column, j) => {
      result.data[i * rows.length + j] = whole.data[row * whole.cols + column];
    });
  });
  return result;
}

/** y'y - b'X'y - b'(ridge b), which is the residual sum of squares at the (ridge) solution. */
function residuals(
  squares: Float64Array,
  right: Matrix,
  beta: Float64Array | Float32Array,
  start: number,
  ridge: Float64Array,
): Float64Array {
  const size = right.cols;
  const result = squares.slice(start, start + size);
  for (let i = 0; i < right.rows; i++) {
    for (let v = 0; v < size; v++) {
      const b = beta[i * size + v];
      result[v] -= b * (right.data[i * size + v] + ridge[i] * b);
    }
  }
  return result.map((value) => Math.max(0, value));
}
