import { dot, type Matrix } from './matrix.ts';

/** Steps of the power iteration: enough for the two leading digits. */
const steps = 50;

/**
 * The ratio of the largest to the smallest eigenvalue of a symmetric positive definite matrix, to about a per cent.
 *
 * @param a [n, n]
 * @param inverse of a
 */
export function conditionNumber(a: Matrix, inverse: Matrix): number {
  return largestEigenvalue(a) * largestEigenvalue(inverse);
}

/** Power iteration from a vector that no structure of a design is at right angles to. */
function largestEigenvalue({ rows: n, data }: Matrix): number {
  let x = Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(i * i + 1) / 2);
  let value = 0;
  for (let step = 0; step < steps; step++) {
    const size = Math.sqrt(dot(x, 0, x, 0, n));
    x = x.map((element) => element / size);
    const next = Float64Array.from(x, (_, i) => dot(data, i * n, x, 0, n));
    value = dot(x, 0, next, 0, n);
    x = next;
  }
  return value;
}
