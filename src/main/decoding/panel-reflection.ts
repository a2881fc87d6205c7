import type { Engine } from '../engine/engine.ts';
import { choleskyFactor } from '../math/cholesky.ts';
import { type Matrix, matrix, multiply, transpose } from '../math/matrix.ts';
import { upperTriangularInverse } from '../math/qr.ts';

/** How far from orthonormal columns may be in float32. */
const close = 1e-5;
const mostPasses = 5;
/** A panel below this, relative to its largest number, is zero. */
const shift = 1e-13;

/**
 * Orthonormal q and r with `q r` the panel, by Cholesky's factor of its products, again and again until the columns are
 * orthonormal (Fukaya et al. 2020, SIAM J. Sci. Comput. 42:A477: a shift takes the first pass over dependent columns).
 *
 * @param panel [rows, cols], more rows than columns
 * @returns null for a panel of zeros
 */
export async function orthonormalise(
  engine: Engine,
  panel: Matrix,
): Promise<{ q: Matrix; r: Matrix } | null> {
  const { tf } = engine;
  const { rows, cols } = panel;
  let q = panel;
  let r: Matrix | null = null;
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const products = engine.gram(q);
    if (pass > 0 && distanceFromIdentity(products) < close) break;
    let trace = 0;
    for (let i = 0; i < cols; i += 1) trace += products.data[i * cols + i];
    if (trace === 0) return null;
    const lower = shiftedFactor(products, shift * trace);
    const upper = transpose(lower);
    r = r === null ? upper : multiply(upper, r);
    const inverse = upperTriangularInverse(upper);
    const product = tf.tidy(() =>
      tf.matMul(
        tf.tensor2d(Float32Array.from(q.data), [rows, cols]),
        tf.tensor2d(Float32Array.from(inverse.data), [cols, cols]),
      ),
    );
    q = matrix(rows, cols, Float64Array.from(await product.data<'float32'>()));
    product.dispose();
  }
  return r === null ? null : { q, r };
}

function shiftedFactor(products: Matrix, first: number): Matrix {
  const n = products.rows;
  for (let added = 0; ; added = added === 0 ? first : added * 10) {
    const shifted = matrix(n, n, products.data.slice());
    for (let i = 0; i < n; i += 1) shifted.data[i * n + i] += added;
    const factor = choleskyFactor(shifted, 1e-14);
    if (factor.ok) return factor.lower;
    if (!Number.isFinite(added)) throw new RangeError('The panel is not finite');
  }
}

function distanceFromIdentity({ rows: n, data }: Matrix): number {
  let most = 0;
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) most = Math.max(most, Math.abs(data[i * n + j] - (i === j ? 1 : 0)));
  }
  return most;
}

/**
 * Reflections H = I - V T V' with `H' q r = [r'; 0]`, from q itself (Ballard et al. 2014, IPDPS, "Reconstructing Householder
 * vectors"): q less a diagonal of signs is V U, without pivots, as the signs are chosen to keep them above 1.
 *
 * @returns v [rows, cols] row-major float32, t [cols, cols], and r', [cols, cols]
 */
export function reflectionOf(q: Matrix, r: Matrix): { v: Float32Array; t: Matrix; r: Matrix } {
  const { rows, cols: b } = q;
  const work = q.data.slice();
  const signs = new Float64Array(b);
  for (let k = 0; k < b; k += 1) {
    signs[k] = work[k * b + k] > 0 ? -1 : 1;
    work[k * b + k] -= signs[k];
    const pivot = 1 / work[k * b + k];
    for (let i = k + 1; i < rows; i += 1) {
      const factor = work[i * b + k] * pivot;
      work[i * b + k] = factor;
      if (factor === 0) continue;
      for (let j = k + 1; j < b; j += 1) work[i * b + j] -= factor * work[k * b + j];
    }
  }
  const v = new Float32Array(rows * b);
  const top = matrix(b, b);
  const upper = matrix(b, b);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < b; j += 1) {
      const value = i === j ? 1 : j < i ? work[i * b + j] : 0;
      v[i * b + j] = value;
      if (i >= b) continue;
      top.data[i * b + j] = value;
      if (j >= i) upper.data[i * b + j] = -work[i * b + j] * signs[j];
    }
  }
  // V1' is upper triangular; T = -U S V1^-T.
  const t = multiply(upper, upperTriangularInverse(transpose(top)));
  const turned = matrix(
    b,
    b,
    r.data.map((value, at) => value * signs[Math.floor(at / b)]),
  );
  return { v, t, r: turned };
}
