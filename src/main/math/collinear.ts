import { type Matrix, matrix, multiply } from './matrix.ts';
import { upperTriangularInverse } from './qr.ts';

/** A column that others make up. */
export interface CollinearColumn {
  readonly column: number;
  /** The columns that it is a combination of, in substance; empty for a column of zeros. */
  readonly with: readonly number[];
}

/** Columns taken in their order: those independent of the ones before them, and all columns expressed in those. */
export interface ColumnBasis {
  /** [rank, cols]: upper triangular in the kept columns; `X'X = r'r` but for rounding. */
  readonly r: Matrix;
  readonly kept: readonly number[];
  readonly dependent: readonly number[];
}

/** Share of a column, in its own length, below which another does not count as part of it. */
const NOTICEABLE = 1e-6;

/**
 * The columns of a design that others contain, each with those it is made of: what an error names.
 *
 * Works on a QR of the design (`orthonormalBasis`), or on the sums X'X alone (`gramBasis`), for a model too long to be
 * in memory at once.
 */
export function collinearColumns(basis: ColumnBasis): CollinearColumn[] {
  return basis.dependent.map((column) => ({ column, with: contributors(basis, column) }));
}

/**
 * The basis of a design of which only X'X is at hand, as `orthonormalBasis` would give it: Cholesky's factor, columns
 * that have nothing of their own left out.
 *
 * @param gram X'X, [n, n], symmetric
 * @param tolerance share of a column's square, after the columns before it are taken off, below which it is dependent;
 *   rounding of X'X hides what is below 1e-11
 */
export function gramBasis(gram: Matrix, tolerance = 1e-11): ColumnBasis {
  const n = gram.rows;
  const rows: Float64Array[] = [];
  const kept: number[] = [];
  const dependent: number[] = [];
  const left = Float64Array.from({ length: n }, (_, i) => gram.data[i * n + i]);
  for (let j = 0; j < n; j++) {
    if (!(left[j] > tolerance * gram.data[j * n + j])) {
      dependent.push(j);
      continue;
    }
    const row = new Float64Array(n);
    const root = Math.sqrt(left[j]);
    row.set(gram.data.subarray(j * n + j, (j + 1) * n), j);
    for (const above of rows) {
      const factor = above[j];
      if (factor === 0) continue;
      for (let k = j; k < n; k++) row[k] -= factor * above[k];
    }
    for (let k = j; k < n; k++) row[k] /= root;
    for (let k = j; k < n; k++) left[k] -= row[k] ** 2;
    rows.push(row);
    kept.push(j);
  }
  const r = matrix(rows.length, n);
  rows.forEach((row, k) => {
    r.data.set(row, k * n);
  });
  return { r, kept, dependent };
}

function contributors({ r, kept }: ColumnBasis, dependent: number): number[] {
  const before = kept.filter((column) => column < dependent);
  if (before.length === 0) return [];
  const triangle = matrix(before.length, before.length);
  const target = matrix(before.length, 1);
  let length = 0;
  for (let k = 0; k < before.length; k++) {
    for (let i = k; i < before.length; i++) {
      triangle.data[k * before.length + i] = r.data[k * r.cols + before[i]];
    }
    target.data[k] = r.data[k * r.cols + dependent];
    length += target.data[k] ** 2;
  }
  if (length === 0) return [];
  const weights = multiply(upperTriangularInverse(triangle), target).data;
  return before.filter((column, k) => {
    let size = 0;
    for (let i = 0; i <= k; i++) size += r.data[i * r.cols + column] ** 2;
    return Math.abs(weights[k]) * Math.sqrt(size) > NOTICEABLE * Math.sqrt(length);
  });
}
