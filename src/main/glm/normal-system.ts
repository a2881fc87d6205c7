import { errorCodes } from '../../shared/error-codes.ts';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import { type Matrix, matrix, multiply } from '../math/matrix.ts';
import { collinearError, listNames } from './linear-fit.ts';

/**
 * What is left of a column's square, after the others are taken off, below which it counts as their combination:
 * rounding in X'X hides anything smaller.
 */
const DEPENDENT = 1e-11;
/** Variance inflation above which a column is reported: half of float32's digits are gone. */
const INFLATED = 1e4;

export interface FactoredSystem {
  /** [n, n]: (X'X + ridge I)^-1. */
  readonly inverse: Matrix;
  readonly problems: readonly Problem[];
}

/**
 * Inverts X'X + ridge I, scaled to a unit diagonal first, so that the columns' units do not matter.
 * @param gram X'X, [n, n]
 * @throws FusiformError DESIGN_COLLINEAR naming the column to blame and those it is made of
 */
export function factorSystem(gram: Matrix, names: readonly string[], ridge: number): FactoredSystem {
  const n = gram.rows;
  if (!(ridge >= 0)) throw new RangeError(`A ridge is not negative: ${ridge}`);
  const scales = new Float64Array(n);
  for (let i = 0; i < n; i++) scales[i] = 1 / Math.sqrt(gram.data[i * n + i] + ridge);
  const zero = names.filter((_, i) => !Number.isFinite(scales[i]));
  if (zero.length > 0) throw collinearError(zero.map((column) => ({ column, with: [] })));
  const scaled = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const value = gram.data[i * n + j] + (i === j ? ridge : 0);
      scaled.data[i * n + j] = value * scales[i] * scales[j];
    }
  }
  const factor = choleskyFactor(scaled, DEPENDENT);
  if (!factor.ok) throw collinearError([blame(scaled, names, factor.column)]);
  const inverse = choleskyInverse(factor.lower);
  const inflated = names
    .map((name, i) => ({ name, inflation: inverse.data[i * n + i] }))
    .filter((column) => column.inflation > INFLATED)
    .sort((a, b) => b.inflation - a.inflation);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) inverse.data[i * n + j] *= scales[i] * scales[j];
  }
  if (inflated.length === 0) return { inverse, problems: [] };
  const problem: Problem = {
    code: 'DESIGN_ILL_CONDITIONED',
    message:
      `The design hardly tells apart ${listNames(inflated.map((column) => column.name))}: ` +
      `their variances are inflated up to ${inflated[0].inflation.toExponential(1)}-fold`,
    remedy: errorCodes.DESIGN_ILL_CONDITIONED.remedy,
    details: { columns: inflated },
  };
  return { inverse, problems: [problem] };
}

function blame(scaled: Matrix, names: readonly string[], column: number): { column: string; with: string[] } {
  const n = scaled.rows;
  const before = matrix(column, column);
  const target = matrix(column, 1);
  for (let i = 0; i < column; i++) {
    for (let j = 0; j < column; j++) before.data[i * column + j] = scaled.data[i * n + j];
    target.data[i] = scaled.data[i * n + column];
  }
  const factor = choleskyFactor(before, DEPENDENT);
  if (!factor.ok) throw new RangeError('The columns before the first dependent one are independent');
  const weights = multiply(choleskyInverse(factor.lower), target).data;
  return {
    column: names[column],
    with: names.slice(0, column).filter((_, i) => Math.abs(weights[i]) > 1e-4),
  };
}

/** The positions of `columns` among `names`. @throws FusiformError CONTRAST_UNKNOWN_COLUMN */
export function positionsOf(columns: readonly string[], names: readonly string[]): number[] {
  const position = new Map(names.map((name, i) => [name, i]));
  return columns.map((name) => {
    const at = position.get(name);
    if (at === undefined) {
      throw new FusiformError(
        'CONTRAST_UNKNOWN_COLUMN',
        `'${name}' is no column of the model. Columns: ${listNames(names)}`,
        { details: { name, columns: names } },
      );
    }
    return at;
  });
}
