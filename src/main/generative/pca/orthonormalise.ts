import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Engine } from '../../engine/engine.ts';
import { choleskyFactor, choleskyInverse } from '../../math/cholesky.ts';
import { type Matrix, matrix, multiply } from '../../math/matrix.ts';

/** Rounds after which the columns are as orthogonal as float32 tells, also from a nearly singular start. */
const mostRounds = 6;
/** Largest deviation of the Gram matrix from the identity that counts as orthonormal in float32. */
const tolerance = 1e-5;

/**
 * An orthonormal basis of the columns of `a` [rows, cols], rows >= cols, by shifted Cholesky QR (Fukaya et
 * al. 2020, SIAM J. Sci. Comput. 42): the Gram matrix comes from the engine in float32, the small factors
 * are float64. Each round mends what the last one lost to rounding. The caller disposes the result; `a` stays.
 */
export async function orthonormalise(engine: Engine, a: Tensor2D): Promise<Tensor2D> {
  const { tf } = engine;
  let basis: Tensor2D = tf.clone(a);
  for (let round = 0; round < mostRounds; round++) {
    const gram = await gramOf(engine, basis);
    if (deviationFromIdentity(gram) < tolerance) break;
    const before = basis;
    basis = tf.tidy(() => tf.matMul(before, toTensor(engine, inverseRoot(gram))));
    before.dispose();
  }
  return basis;
}

/** `a' a` [cols, cols], read into float64. */
export async function gramOf({ tf }: Engine, a: Tensor2D): Promise<Matrix> {
  const gram = tf.tidy(() => tf.matMul(a, a, true, false));
  const data = Float64Array.from(await gram.data());
  gram.dispose();
  return matrix(a.shape[1], a.shape[1], data);
}

export function toTensor({ tf }: Engine, { rows, cols, data }: Matrix): Tensor2D {
  return tf.tensor2d(Float32Array.from(data), [rows, cols]);
}

/** A matrix R with `R' G R = I` up to the shift that keeps a nearly singular G factorable. */
function inverseRoot(gram: Matrix): Matrix {
  const n = gram.rows;
  // Columns of unit length first: their lengths differ by orders of magnitude.
  const scale = Float64Array.from({ length: n }, (_, i) => 1 / Math.sqrt(gram.data[i * n + i] || 1));
  const nearIdentity = deviationFromIdentity(gram) < 0.1;
  for (let shift = nearIdentity ? 0 : 1e-6 * n; ; shift = Math.max(10 * shift, 1e-6 * n)) {
    const scaled = matrix(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        scaled.data[i * n + j] = gram.data[i * n + j] * scale[i] * scale[j] + (i === j ? shift : 0);
      }
    }
    const factor = choleskyFactor(scaled);
    if (!factor.ok) continue;
    // L^-T = (L L')^-1 L
    const root = multiply(choleskyInverse(factor.lower), factor.lower);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) root.data[i * n + j] *= scale[i];
    }
    return root;
  }
}

function deviationFromIdentity({ rows, data }: Matrix): number {
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      largest = Math.max(largest, Math.abs(data[i * rows + j] - (i === j ? 1 : 0)));
    }
  }
  return largest;
}
