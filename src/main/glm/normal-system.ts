import { errorCodes } from '../../shared/error-codes.ts';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import { collinearColumns } from '../math/collinear-columns.ts';
import { conditionNumber } from '../math/condition-number.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { collinearError, listNames } from './linear-fit.ts';

/**
 * What is left of a column's square, after the others are taken off, below which it counts as their combination:
 * rounding in X'X hides anything smaller.
 */
const DEPENDENT = 1e-11;
/** Variance inflation above which a column is reported: half of float32's digits are gone. */
const INFLATED = 1e4;

export interface FactoredSystem {
  /** [n, n]: (X'X + ridge)^-1. */
  readonly inverse: Matrix;
  /** Of X'X + ridge, scaled to a unit diagonal. */
  readonly conditionNumber: number;
  readonly problems: readonly Problem[];
}

/**
 * Inverts X'X + ridge, scaled to a unit diagonal first, so that the columns' units do not matter.
 * @param gram X'X, [n, n]
 * @param ridge what is added to the diagonal: the same everywhere, or [n]
 * @throws FusiformError DESIGN_COLLINEAR naming the columns to blame and those they are made of
 */
export function factorSystem(
  gram: Matrix,
  names: readonly string[],
  ridge: number | Float64Array,
): FactoredSystem {
  const n = gram.rows;
  const system = matrix(n, n, gram.data.slice());
  for (const [i, added] of ridgeOf(ridge, n).entries()) {
    if (!(added >= 0)) throw new RangeError(`A ridge is not negative: ${added}`);
    system.data[i * n + i] += added;
  }
  const scales = Float64Array.from({ length: n }, (_, i) => 1 / Math.sqrt(system.data[i * n + i]));
  const scaled = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) scaled.data[i * n + j] = system.data[i * n + j] * scales[i] * scales[j];
  }
  const factor = choleskyFactor(scaled, DEPENDENT);
  if (!factor.ok) {
    const nameOf = (column: number) => names[column];
    throw collinearError(
      collinearColumns(system, DEPENDENT).map(({ column, with: others }) => ({
        column: nameOf(column),
        with: others.map(nameOf),
      })),
    );
  }
  const inverse = choleskyInverse(factor.lower);
  const inflated = names
    .map((name, i) => ({ name, inflation: inverse.data[i * n + i] }))
    .filter((column) => column.inflation > INFLATED)
    .sort((a, b) => b.inflation - a.inflation);
  const condition = conditionNumber(scaled, inverse);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) inverse.data[i * n + j] *= scales[i] * scales[j];
  }
  if (inflated.length === 0) return { inverse, conditionNumber: condition, problems: [] };
  const problem: Problem = {
    code: 'DESIGN_ILL_CONDITIONED',
    message:
      `The design hardly tells apart ${listNames(inflated.map((column) => column.name))}: ` +
      `their variances are inflated up to ${inflated[0].inflation.toExponential(1)}-fold ` +
      `(condition number ${condition.toExponential(1)})`,
    remedy: errorCodes.DESIGN_ILL_CONDITIONED.remedy,
    details: { columns: inflated, conditionNumber: condition },
  };
  return { inverse, conditionNumber: condition, problems: [problem] };
}

/** [n] */
export function ridgeOf(ridge: number | Float64Array, n: number): Float64Array {
  if (typeof ridge === 'number') return new Float64Array(n).fill(ridge);
  if (ridge.length !== n) throw new RangeError(`${ridge.length} ridges for ${n} columns`);
  return ridge;
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
