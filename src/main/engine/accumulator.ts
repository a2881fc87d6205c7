import type { Tensor } from '@tensorflow/tfjs-core';
import type { Accumulator, TensorFlow } from './engine.ts';

/** Sums of composed operations: each addition is a new tensor. */
export function composedAccumulator(tf: TensorFlow): Accumulator {
  let sums: Tensor | null = null;
  return {
    add(tensor) {
      const before = sums;
      sums = tf.keep(before === null ? tensor.clone() : tf.add(before, tensor));
      before?.dispose();
    },
    read: async () => (sums === null ? null : await sums.data<'float32'>()),
    dispose() {
      sums?.dispose();
      sums = null;
    },
  };
}
