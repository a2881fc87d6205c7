import { dot, type Matrix, matrix, transpose } from './matrix.ts';

export interface OrthonormalBasis {
  /** [n, rank]: orthonormal columns that span those of the matrix. */
  readonly q: Matrix;
  /** [rank, cols]: `a = q r` for every column, dependent ones too. */
  readonly r: Matrix;
  /** Columns that are independent of those before them, ascending; column i of q came from kept[i]. */
  readonly kept: readonly number[];
  /** Columns that are zero or, to the tolerance, combinations of kept columns before them. */
  readonly dependent: readonly number[];
}

/**
 * Thin QR of [n, cols] by Gram-Schmidt with a second pass, which keeps q orthonormal to rounding (Giraud et al.
 * 2005, Numerische Mathematik 101). Columns are taken in their order, so that with dependent columns the later
 * one is left out.
 * @param tolerance a column is dependent when what is left of it after projection is below this fraction of its
 *   length; default 1e-7, as R's lm
 */
export function orthonormalBasis(a: Matrix, tolerance = 1e-7): OrthonormalBasis {
  const { rows: n, cols } = a;
  const columns = transpose(a).data;
  const basis = new Float64Array(Math.min(n, cols) * n);
  const coefficients: Float64Array[] = [];
  const kept: number[] = [];
  const dependent: number[] = [];
  for (let j = 0; j < cols; j++) {
    const column = columns.subarray(j * n, (j + 1) * n);
    const length = Math.sqrt(dot(column, 0, column, 0, n));
    const weights = new Float64Array(kept.length + 1);
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < kept.length; k++) {
        const weight = dot(basis, k * n, column, 0, n);
        weights[k] += weight;
        for (let i = 0; i < n; i++) column[i] -= weight * basis[k * n + i];
      }
    }
    const left = Math.sqrt(dot(column, 0, column, 0, n));
    if (left > tolerance * length && kept.length < n) {
      const at = kept.length * n;
      for (let i = 0; i < n; i++) basis[at + i] = column[i] / left;
      weights[kept.length] = left;
      kept.push(j);
    } else {
      dependent.push(j);
    }
    coefficients.push(weights);
  }
  const rank = kept.length;
  const r = matrix(rank, cols);
  coefficients.forEach((weights, j) => {
    for (let k = 0; k < Math.min(rank, weights.length); k++) r.data[k * cols + j] = weights[k];
  });
  const q = transpose({ rows: rank, cols: n, data: basis.subarray(0, rank * n) });
  return { q, r, kept, dependent };
}

/** The inverse of an upper triangular [n, n] matrix. */
export function upperTriangularInverse(r: Matrix): Matrix {
  const n = r.rows;
  const inverse = matrix(n, n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i >= 0; i--) {
      let sum = i === j ? 1 : 0;
      for (let k = i + 1; k <= j; k++) sum -= r.data[i * n + k] * inverse.data[k * n + j];
      inverse.data[i * n + j] = sum / r.data[i * n + i];
    }
  }
  return inverse;
}
