import type { Engine } from '../engine/engine.ts';
import { otherWork } from '../engine/other-work.ts';
import { gram, type Matrix, matrix, multiply, multiplyTransposed } from '../math/matrix.ts';

/** Numbers that cross to an engine at a time, about 64 MB of float32. */
const numbersAtATime = 16e6;

/**
 * `a b'`, [m, k] and [n, k] to [m, n], k as long as a brain: in float32 on an engine, in pieces of k, which are summed in
 * float64; in float64 loops without one.
 */
export async function timesTransposed(
  engine: Engine | null,
  a: Float32Array,
  b: Float32Array,
  k: number,
): Promise<Matrix> {
  const [m, n] = [a.length / k, b.length / k];
  if (engine === null) {
    return multiplyTransposed(matrix(m, k, Float64Array.from(a)), matrix(n, k, Float64Array.from(b)));
  }
  const { tf } = engine;
  const result = matrix(m, n);
  const step = Math.max(1, Math.floor(numbersAtATime / (m + n)));
  for (let start = 0; start < k; start += step) {
    const end = Math.min(k, start + step);
    const product = tf.tidy(() =>
      tf.matMul(
        tf.tensor2d(columnsOf(a, k, start, end), [m, end - start]),
        tf.tensor2d(columnsOf(b, k, start, end), [n, end - start]),
        false,
        true,
      ),
    );
    const values = await product.data<'float32'>();
    product.dispose();
    for (let at = 0; at < values.length; at++) result.data[at] += values[at];
  }
  return result;
}

/** `a b`, [m, k] and [k, n] to float32 [m, n], n as long as a brain. */
export async function timesWide(
  engine: Engine | null,
  a: Matrix,
  b: Float32Array,
  n: number,
): Promise<Float32Array> {
  const k = b.length / n;
  if (engine === null) {
    return Float32Array.from(multiply(a, matrix(k, n, Float64Array.from(b))).data);
  }
  const { tf } = engine;
  const left = tf.tensor2d(Float32Array.from(a.data), [a.rows, k]);
  const result = new Float32Array(a.rows * n);
  const step = Math.max(1, Math.floor(numbersAtATime / (k + a.rows)));
  try {
    for (let start = 0; start < n; start += step) {
      const end = Math.min(n, start + step);
      const product = tf.tidy(() =>
        tf.matMul(left, tf.tensor2d(columnsOf(b, n, start, end), [k, end - start])),
      );
      const values = await product.data<'float32'>();
      product.dispose();
      for (let row = 0; row < a.rows; row++) {
        result.set(values.subarray(row * (end - start), (row + 1) * (end - start)), row * n + start);
      }
    }
  } finally {
    left.dispose();
  }
  return result;
}

/** `a a'` in float64, [m, k] to [m, m], in pieces of k. */
export async function gramOfRows(
  engine: Engine | null,
  a: Float32Array,
  k: number,
  signal?: AbortSignal,
): Promise<Matrix> {
  const m = a.length / k;
  const result = matrix(m, m);
  const step = 2048;
  for (let start = 0; start < k; start += step) {
    await otherWork(signal);
    const end = Math.min(k, start + step);
    const piece = matrix(end - start, m);
    for (let row = 0; row < m; row++) {
      for (let at = start; at < end; at++) piece.data[(at - start) * m + row] = a[row * k + at];
    }
    const part = engine === null ? gram(piece) : engine.gram(piece);
    for (let at = 0; at < part.data.length; at++) result.data[at] += part.data[at];
  }
  return result;
}

/** Columns start .. end of [rows, width]. */
function columnsOf(data: Float32Array, width: number, start: number, end: number): Float32Array {
  if (start === 0 && end === width) return data;
  const rows = data.length / width;
  const part = new Float32Array(rows * (end - start));
  for (let row = 0; row < rows; row++) {
    part.set(data.subarray(row * width + start, row * width + end), row * (end - start));
  }
  return part;
}
