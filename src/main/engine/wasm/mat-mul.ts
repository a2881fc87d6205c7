import type { KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../engine.ts';
import { replaceKernel } from './replace-kernel.ts';

/**
 * tfjs multiplies transposed matrices in a naive loop (1 to 2 GFLOP/s); transposing first and then
 * multiplying with XNNPACK is some twenty times faster.
 */
export function registerMatMul(tf: TensorFlow): void {
  replaceKernel(tf, 'BatchMatMul', (original: KernelConfig) => ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as { a: Tensor; b: Tensor };
    const { transposeA, transposeB } = attrs as { transposeA?: boolean; transposeB?: boolean };
    const left = transposeA ? swapInner(tf, a) : a;
    const right = transposeB ? swapInner(tf, b) : b;
    const product = original.kernelFunc({
      inputs: { a: left, b: right },
      attrs: { transposeA: false, transposeB: false },
      backend,
    });
    if (transposeA) left.dispose();
    if (transposeB) right.dispose();
    return product as TensorInfo;
  });
}

function swapInner(tf: TensorFlow, x: Tensor): Tensor {
  const permutation = x.shape.map((_, axis) => axis);
  permutation.push(...permutation.splice(-2).reverse());
  return tf.transpose(x, permutation);
}
