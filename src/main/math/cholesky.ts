import { dot, type Matrix, matrix } from './matrix.ts';

export type CholeskyResult =
  | { readonly ok: true /** Lower triangular, zeros above. */; readonly lower: Matrix }
  | { readonly ok: false /** The first column whose pivot is not positive. */; readonly column: number };

/**
 * `a = L L'` for a symmetric positive definite [n, n] matrix; only the lower triangle is read.
 *
 * A pivot counts as zero when it falls below `tolerance` times its diagonal element: column `column` is then, to
 * rounding, a combination of the columns before it (or the matrix is not positive definite).
 * @param tolerance default n * 2^-52
 * @throws RangeError when `a` is not square
 */
export function choleskyFactor(a: Matrix, tolerance: number = a.rows * Number.EPSILON): CholeskyResult {
  if (a.rows !== a.cols) throw new RangeError(`A ${a.rows} x ${a.cols} matrix has no Cholesky factor`);
  const n = a.rows;
  const lower = matrix(n, n);
  const l = lower.data;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      l[row + j] = (a.data[row + j] - dot(l, row, l, j * n, j)) / l[j * n + j];
    }
    const diagonal = a.data[row + i];
    const pivot = diagonal - dot(l, row, l, row, i);
    // Written so that a NaN fails as well.
    if (!(pivot > tolerance * Math.abs(diagonal))) return { ok: false, column: i };
    l[row + i] = Math.sqrt(pivot);
  }
  return { ok: true, lower };
}

/** `x` of `L L' x = b`, [n, m]. @throws RangeError when the shapes do not fit */
export function choleskySolve(lower: Matrix, b: Matrix): Matrix {
  const n = lower.rows;
  if (b.rows !== n) throw new RangeError(`A ${n} x ${n} system has no right-hand side of ${b.rows} rows`);
  const m = b.cols;
  const l = lower.data;
  const result = matrix(n, m, b.data.slice());
  const x = result.data;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(x, i, k, m, l[i * n + k]);
    scaleRow(x, i, m, 1 / l[i * n + i]);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtractRow(x, i, k, m, l[k * n + i]);
    scaleRow(x, i, m, 1 / l[i * n + i]);
  }
  return result;
}

/** `(L L')^-1`, [n, n], exactly symmetric. */
export function choleskyInverse(lower: Matrix): Matrix {
  const n = lower.rows;
  // The columns of L^-1 stand in rows, so that both steps run along contiguous memory:
  // inverse[j, i] = (L^-1)[i, j], nonzero for i >= j.
  const inverse = new Float64Array(n * n);
  const l = lower.data;
  for (let j = 0; j < n; j++) {
    const row = j * n;
    inverse[row + j] = 1 / l[j * n + j];
    for (let i = j + 1; i < n; i++) {
      inverse[row + i] = -dot(l, i * n + j, inverse, row + j, i - j) / l[i * n + i];
    }
  }
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(inverse, i * n + i, inverse, j * n + i, n - i);
      result.data[i * n + j] = value;
      result.data[j * n + i] = value;
    }
  }
  return result;
}

/** `log det(L L')`. */
export function choleskyLogDeterminant(lower: Matrix): number {
  let sum = 0;
  for (let i = 0; i < lower.rows; i++) sum += Math.log(lower.data[i * lower.cols + i]);
  return 2 * sum;
}

function subtractRow(x: Float64Array, target: number, source: number, cols: number, factor: number): void {
  if (factor === 0) return;
  const to = target * cols;
  const from = source * cols;
  for (let j = 0; j < cols; j++) x[to + j] -= factor * x[from + j];
}

function scaleRow(x: Float64Array, row: number, cols: number, factor: number): void {
  const at = row * cols;
  for (let j = 0; j < cols; j++) x[at + j] *= factor;
}
