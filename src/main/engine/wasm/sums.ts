import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../engine.ts';
import { allocate, heapView } from './heap.ts';
import { replaceKernel } from './replace-kernel.ts';

/**
 * tfjs adds up a whole tensor one number after the other in float32, which loses four digits over a million numbers of
 * one sign: that is what losses over images are. Here the sum is in float64.
 */
export function registerSums(tf: TensorFlow): void {
  for (const kernelName of ['Sum', 'Mean']) {
    replaceKernel(tf, kernelName, (original) => (call) => {
      const { x } = call.inputs as { x: Tensor };
      const { axis, keepDims } = call.attrs as { axis?: number | number[] | null; keepDims?: boolean };
      const axes = tf.util.parseAxisParam(axis ?? x.shape.map((_, at) => at), x.shape);
      if (axes.length < x.rank || x.dtype !== 'float32' || x.size === 0) return original.kernelFunc(call);
      const backend = call.backend as BackendWasm;
      const output = allocate(backend, keepDims ? x.shape.map(() => 1) : []);
      let sum = 0;
      const values = heapView(backend, x);
      for (let i = 0; i < values.length; i++) sum += values[i];
      heapView(backend, output)[0] = kernelName === 'Mean' ? sum / x.size : sum;
      return output;
    });
  }
}
