import { crossProduct, type Matrix, matrix, multiply } from '../math/matrix.ts';

/** x without its projection on q; columns that q contains become exactly zero. */
export function projectedOut(x: Matrix, q: Matrix): Matrix {
  const columns = matrix(x.rows, x.cols, x.data.slice());
  for (let pass = 0; pass < 2; pass++) {
    const fitted = multiply(q, crossProduct(q, columns));
    for (let i = 0; i < columns.data.length; i++) columns.data[i] -= fitted.data[i];
  }
  const before = squaredLengths(x);
  const after = squaredLengths(columns);
  for (const j of before.keys()) {
    if (after[j] > 1e-20 * before[j]) continue;
    for (let row = 0; row < x.rows; row++) columns.data[row * x.cols + j] = 0;
  }
  return columns;
}

function squaredLengths({ cols, data }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) sums[i % cols] += data[i] ** 2;
  return sums;
}

/** R = I - QQ', [nTime, nTime], which takes off data what q spans. */
export function residualForming(q: Matrix): Matrix {
  const n = q.rows;
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = i === j ? 1 : 0;
      for (let k = 0; k < q.cols; k++) sum -= q.data[i * q.cols + k] * q.data[j * q.cols + k];
      result.data[i * n + j] = sum;
    }
  }
  return result;
}

/** Whether the constant lies in the span of q, [nTime, rank]. */
export function spansConstant(q: Matrix): boolean {
  const sums = new Float64Array(q.cols);
  for (let i = 0; i < q.data.length; i++) sums[i % q.cols] += q.data[i];
  const projected = sums.reduce((total, sum) => total + sum * sum, 0);
  return Math.abs(projected - q.rows) < 1e-9 * q.rows;
}
