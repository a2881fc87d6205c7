import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import {
  crossProduct,
  dot,
  type Matrix,
  matrix,
  multiply,
  multiplyTransposed,
  transpose,
} from '../math/matrix.ts';
import { symmetricEigen } from '../math/symmetric-eigen.ts';

/** Where SPM expands AR(1) noise: around this coefficient, to first order. */
const EXPANSION = 0.2;
/** Step of SPM's numerical derivative, and the size of a filter coefficient that it ignores. */
const STEP = Math.exp(-8);
const IGNORED = 1e-4;

/** A symmetric Toeplitz matrix, [n, n], by its values at distances 0, 1, ... from the diagonal; 0 beyond. */
export type Toeplitz = Float64Array;

/**
 * SPM's two components of AR(1) noise (`spm_Ce('ar', n, 0.2)`): the covariance of AR(0.2) noise less and plus 0.2 times
 * its derivative by the coefficient. Distances of more than five volumes are 0.
 */
export function ar1Components(): [Toeplitz, Toeplitz] {
  const lag = (a: number, k: number) => (a ** k > IGNORED ? a ** k : 0);
  const [minus, plus]: [number[], number[]] = [[], []];
  for (let k = 0; lag(EXPANSION + STEP, k) > 0; k++) {
    const value = lag(EXPANSION, k);
    const change = EXPANSION * ((lag(EXPANSION + STEP, k) - value) / STEP);
    minus.push(value - change);
    plus.push(value + change);
  }
  return [Float64Array.from(minus), Float64Array.from(plus)];
}

export interface RemlResult {
  /** [n, n]: the sum of the components by their weights. */
  readonly covariance: Matrix;
  readonly weights: readonly [number, number];
}

/** Precision of the weights' prior around 0, iterations, and the gain in free energy at which they end: SPM's. */
const PRIOR_PRECISION = Math.exp(-8);
const MAX_ITERATIONS = 32;
const ENOUGH = 0.1;

/**
 * Restricted maximum likelihood of two covariance components, as SPM's `spm_reml`: Fisher scoring from weights of 1, with
 * its prior and its stopping rule (an expected gain of the free energy below 0.1).
 *
 * @param yy [n, n]: the data's covariance, averaged over voxels of unit variance
 * @param q [n, p]: an orthonormal basis of the design
 * @returns null where the weights found make no covariance (not positive definite); SPM then drops components
 */
export function reml(yy: Matrix, q: Matrix, components: readonly [Toeplitz, Toeplitz]): RemlResult | null {
  const n = yy.rows;
  const h: [number, number] = [1, 1];
  let regulariser = 4;
  let gain = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const p = residualPrecision(weighted(components, h, n), q);
    if (p === null) return null;
    const pyy = multiply(p, yy);
    const products = components.map((component) => toeplitzProduct(p, component));
    // dF/dh = -tr(P Q (I - P YY)) / 2, expected curvature -tr(P Q P Q) / 2.
    const gradient = products.map(
      (pq, i) => -(trace(pq) - traceOfProduct(pq, pyy)) / 2 - PRIOR_PRECISION * h[i],
    );
    const curvature = products.map((a, i) =>
      products.map((b, j) => -traceOfProduct(a, b) / 2 - (i === j ? PRIOR_PRECISION : 0)),
    );
    const step = regularisedStep(curvature, gradient, regulariser);
    h[0] += step[0];
    h[1] += step[1];
    const expected = gradient[0] * step[0] + gradient[1] * step[1];
    if (!Number.isFinite(expected)) return null;
    regulariser = expected > gain ? Math.max(regulariser - 1, -8) : Math.min(regulariser + 0.25, 8);
    gain = expected;
    if (gain < ENOUGH) break;
  }
  const covariance = weighted(components, h, n);
  return choleskyFactor(covariance).ok ? { covariance, weights: h } : null;
}

function weighted(
  [a, b]: readonly [Toeplitz, Toeplitz],
  [wa, wb]: readonly [number, number],
  n: number,
): Matrix {
  const result = matrix(n, n);
  for (let k = 0; k < Math.min(n, a.length); k++) {
    const value = wa * a[k] + wb * b[k];
    for (let i = k; i < n; i++) {
      result.data[i * n + i - k] = value;
      result.data[(i - k) * n + i] = value;
    }
  }
  return result;
}

/** `p t` of a Toeplitz matrix with few distances. */
function toeplitzProduct(p: Matrix, t: Toeplitz): Matrix {
  const n = p.cols;
  const result = matrix(p.rows, n);
  for (let row = 0; row < p.rows * n; row += n) {
    for (let j = 0; j < n; j++) {
      let sum = t[0] * p.data[row + j];
      for (let k = 1; k < t.length; k++) {
        if (j >= k) sum += t[k] * p.data[row + j - k];
        if (j + k < n) sum += t[k] * p.data[row + j + k];
      }
      result.data[row + j] = sum;
    }
  }
  return result;
}

/** C^-1 - C^-1 X (X' C^-1 X)^-1 X' C^-1, [n, n]; null where C is no covariance. */
function residualPrecision(covariance: Matrix, x: Matrix): Matrix | null {
  const factor = choleskyFactor(covariance);
  if (!factor.ok) return null;
  const precision = choleskyInverse(factor.lower);
  if (x.cols === 0) return precision;
  const weightedX = multiply(precision, x);
  const inner = choleskyFactor(crossProduct(x, weightedX));
  if (!inner.ok) return null;
  const taken = multiplyTransposed(multiply(weightedX, choleskyInverse(inner.lower)), weightedX);
  return matrix(
    precision.rows,
    precision.cols,
    precision.data.map((value, i) => value - taken.data[i]),
  );
}

function trace({ rows, data }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * rows + i];
  return sum;
}

/** tr(a b), [n, n] each. */
function traceOfProduct(a: Matrix, b: Matrix): number {
  return dot(a.data, 0, transpose(b).data, 0, a.data.length);
}

/** SPM's `spm_dx`: (exp(t J) - I) J^-1 f along the eigenvectors of J, t = exp(regulariser - log|det J| / 2). */
function regularisedStep(
  curvature: readonly (readonly number[])[],
  gradient: readonly number[],
  regulariser: number,
): [number, number] {
  const { values, vectors } = symmetricEigen(matrix(2, 2, curvature.flat()));
  const time = Math.exp(regulariser - Math.log(Math.abs(values[0] * values[1])) / 2);
  const step: [number, number] = [0, 0];
  for (let k = 0; k < 2; k++) {
    const along = gradient[0] * vectors.data[k] + gradient[1] * vectors.data[2 + k];
    const moved = (Math.expm1(time * values[k]) / values[k]) * along;
    step[0] += moved * vectors.data[k];
    step[1] += moved * vectors.data[2 + k];
  }
  return step;
}
