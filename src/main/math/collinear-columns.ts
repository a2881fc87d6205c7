import { choleskyFactor, choleskyInverse } from './cholesky.ts';
import { dot, type Matrix, matrix, multiply } from './matrix.ts';
import { type OrthonormalBasis, upperTriangularInverse } from './qr.ts';

/** A column that others make up, and those others; none where the column is zero. */
export interface CollinearColumn {
  readonly column: number;
  readonly with: readonly number[];
}

/** Of a weight on columns of unit length: what is smaller is rounding, in X'X and in a QR of X. */
const noWeight = 1e-4;
const noWeightInQr = 1e-6;

/**
 * The columns of a design that add nothing to those before them, from its `X'X`.
 *
 * Cholesky's factorisation column by column, each scaled to unit length, in which a dependent column is passed over: the
 * columns kept are those that a thin QR would keep.
 *
 * @param gram X'X, [n, n]
 * @param tolerance a column is dependent when less than this fraction of its square is left once the columns before it
 *   are taken off; default 1e-11: rounding in X'X hides anything smaller
 */
export function collinearColumns(gram: Matrix, tolerance = 1e-11): CollinearColumn[] {
  const n = gram.rows;
  const length = Float64Array.from({ length: n }, (_, i) => Math.sqrt(gram.data[i * n + i]));
  const scaled = (i: number, j: number) => gram.data[i * n + j] / (length[i] * length[j]);
  const lower = new Float64Array(n * n);
  const kept: number[] = [];
  const dependent: number[] = [];
  for (let i = 0; i < n; i++) {
    if (!(length[i] > 0)) {
      dependent.push(i);
      continue;
    }
    const row = kept.length * n;
    kept.forEach((j, k) => {
      lower[row + k] = (scaled(i, j) - dot(lower, row, lower, k * n, k)) / lower[k * n + k];
    });
    const left = 1 - dot(lower, row, lower, row, kept.length);
    if (left > tolerance) {
      lower[row + kept.length] = Math.sqrt(left);
      kept.push(i);
    } else {
      lower.fill(0, row, row + kept.length);
      dependent.push(i);
    }
  }
  if (dependent.length === 0) return [];
  const weights = weightsOf(kept, dependent, scaled);
  return dependent.map((column, at) => ({
    column,
    with:
      length[column] > 0
        ? kept.filter((j, k) => j < column && Math.abs(weights.data[k * dependent.length + at]) > noWeight)
        : [],
  }));
}

/** [kept, dependent]: how the kept columns make up the dependent ones. */
function weightsOf(
  kept: readonly number[],
  dependent: readonly number[],
  scaled: (i: number, j: number) => number,
): Matrix {
  const among = matrix(kept.length, kept.length);
  const right = matrix(kept.length, dependent.length);
  kept.forEach((i, row) => {
    kept.forEach((j, col) => {
      among.data[row * kept.length + col] = scaled(i, j);
    });
    dependent.forEach((j, col) => {
      right.data[row * dependent.length + col] = scaled(i, j);
    });
  });
  const factor = choleskyFactor(among, 0);
  if (!factor.ok) throw new RangeError('The kept columns are independent');
  return multiply(choleskyInverse(factor.lower), right);
}

/**
 * The same from a QR of the design itself, which tells finer: of a run that is in memory as a whole.
 *
 * @param basis of `orthonormalBasis`, whose tolerance decides which columns are dependent
 */
export function collinearInBasis({ r, kept, dependent }: OrthonormalBasis): CollinearColumn[] {
  return dependent.map((column) => {
    const before = kept.filter((j) => j < column);
    const triangle = matrix(before.length, before.length);
    const target = matrix(before.length, 1);
    let length = 0;
    before.forEach((_, k) => {
      for (let i = k; i < before.length; i++) {
        triangle.data[k * before.length + i] = r.data[k * r.cols + before[i]];
      }
      target.data[k] = r.data[k * r.cols + column];
      length += target.data[k] ** 2;
    });
    if (length === 0) return { column, with: [] };
    const weights = multiply(upperTriangularInverse(triangle), target).data;
    const part = (k: number) => {
      let size = 0;
      for (let i = 0; i <= k; i++) size += triangle.data[i * before.length + k] ** 2;
      return Math.abs(weights[k]) * Math.sqrt(size / length);
    };
    return { column, with: before.filter((_, k) => part(k) > noWeightInQr) };
  });
}
