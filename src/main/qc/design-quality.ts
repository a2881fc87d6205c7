import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import { type Matrix, matrix } from '../math/matrix.ts';

/** How well the columns of a design can be told apart. Columns that never vary (the constant) are left out. */
export interface DesignQuality {
  /** The columns that vary, as positions in the design. */
  readonly columns: readonly number[];
  /** [columns, columns] Pearson correlations. */
  readonly correlations: Matrix;
  /**
   * Variance inflation factors: 1 / (1 - R^2) of each column by all the others and a constant. Infinity where a column is
   * a combination of others, to rounding.
   */
  readonly vif: Float64Array;
}

/** Columns whose correlation matrix has an inverse only to rounding count as combinations of each other. */
const singular = 1e-10;

/** @param columns [nVolumes, nColumns] */
export function designQuality({ rows, cols, data }: Matrix): DesignQuality {
  const standard: Float64Array[] = [];
  const kept: number[] = [];
  for (let column = 0; column < cols; column += 1) {
    const values = Float64Array.from({ length: rows }, (_, row) => data[row * cols + column]);
    const mean = values.reduce((sum, value) => sum + value, 0) / rows;
    const size = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    const centred = values.map((value) => value - mean);
    const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
    if (!(length > 1e-9 * size)) continue;
    standard.push(centred.map((value) => value / length));
    kept.push(column);
  }
  const n = kept.length;
  const correlations = matrix(n, n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let product = 0;
      for (let row = 0; row < rows; row += 1) product += standard[i][row] * standard[j][row];
      correlations.data[i * n + j] = product;
      correlations.data[j * n + i] = product;
    }
  }
  return { columns: kept, correlations, vif: inflation(correlations) };
}

/** The diagonal of the inverse; where there is none, column by column against a basis of the others. */
function inflation(correlations: Matrix): Float64Array {
  const n = correlations.rows;
  const factor = choleskyFactor(correlations, singular);
  if (factor.ok) {
    const inverse = choleskyInverse(factor.lower);
    return Float64Array.from({ length: n }, (_, i) => inverse.data[i * n + i]);
  }
  return Float64Array.from({ length: n }, (_, i) => {
    const others = [...Array(n).keys()].filter((other) => other !== i);
    return 1 / Math.max(0, unexplained(correlations, i, others));
  });
}

/** Share of a column's variance that others leave, by elimination that passes over columns already explained. */
function unexplained(correlations: Matrix, column: number, others: readonly number[]): number {
  const n = correlations.rows;
  const left = correlations.data.slice();
  for (const pivot of others) {
    const value = left[pivot * n + pivot];
    if (value < singular) continue;
    for (let i = 0; i < n; i += 1) {
      const weight = left[i * n + pivot] / value;
      if (i === pivot || weight === 0) continue;
      for (let j = 0; j < n; j += 1) left[i * n + j] -= weight * left[pivot * n + j];
    }
    for (let j = 0; j < n; j += 1) left[pivot * n + j] = 0;
  }
  const rest = left[column * n + column];
  return rest < singular ? 0 : rest;
}

export interface CorrelatedPair {
  /** Positions in the design. */
  readonly a: number;
  readonly b: number;
  readonly r: number;
}

/** The pairs of columns that correlate most, by size. */
export function strongestPairs({ columns, correlations }: DesignQuality, count: number): CorrelatedPair[] {
  const n = columns.length;
  const pairs: CorrelatedPair[] = [];
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < i; j += 1)
      pairs.push({ a: columns[j], b: columns[i], r: correlations.data[i * n + j] });
  }
  return pairs.sort((x, y) => Math.abs(y.r) - Math.abs(x.r)).slice(0, count);
}
