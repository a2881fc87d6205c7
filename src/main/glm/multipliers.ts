import type { Engine } from '../engine/engine.ts';
import { type Matrix, multiply } from '../math/matrix.ts';

/** A matrix by others, in float64 loops or in float32 on an engine. */
export interface Multiplier {
  apply(right: Matrix): Promise<Float64Array | Float32Array>;
  dispose(): void;
}

/** The reference. */
export function loopMultiplier(left: Matrix): Multiplier {
  return { apply: async (right) => multiply(left, right).data, dispose: () => {} };
}

/** Results are float32; the engine keeps `left` until it is disposed of. */
export function engineMultiplier({ tf }: Engine, left: Matrix): Multiplier {
  const leftTensor = tf.tensor2d(Float32Array.from(left.data), [left.rows, left.cols]);
  return {
    apply: async (right) => {
      const product = tf.tidy(() =>
        tf.matMul(leftTensor, tf.tensor2d(Float32Array.from(right.data), [right.rows, right.cols])),
      );
      try {
        return await product.data<'float32'>();
      } finally {
        product.dispose();
      }
    },
    dispose: () => leftTensor.dispose(),
  };
}
