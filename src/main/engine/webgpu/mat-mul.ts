import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../engine.ts';

/** From this inner dimension on tfjs may split the sum over workgroups. */
const splitsFrom = 2000;

/**
 * tfjs 4.22 multiplies by a transposed matrix wrongly, and says nothing, where the inner dimension is 2000 or more, the
 * output is small and its width is divisible by 4: the program that splits the sum reads four numbers at a time
 * without looking at the transposition. It hits the gradients of dense layers. Transposed beforehand it is right.
 */
export function registerMatMul(tf: TensorFlow): void {
  const original = tf.getKernel('BatchMatMul', 'webgpu');
  tf.unregisterKernel('BatchMatMul', 'webgpu');
  tf.registerKernel({ ...original, kernelFunc: transposingFirst(tf, original.kernelFunc) });
}

function transposingFirst(tf: TensorFlow, multiply: KernelFunc): KernelFunc {
  return (call) => {
    const { inputs, attrs, backend } = call;
    const { a, b } = inputs as { a: Tensor; b: Tensor };
    const { transposeA, transposeB } = attrs as { transposeA?: boolean; transposeB?: boolean };
    if (!transposeB || b.shape[b.rank - 1] < splitsFrom) return multiply(call);
    const axes = b.shape.map((_, axis) => axis);
    axes.push(...axes.splice(-2).reverse());
    const transposed = tf.transpose(b, axes);
    const product = multiply({
      inputs: { a, b: transposed },
      attrs: { transposeA: transposeA ?? false, transposeB: false },
      backend,
    });
    transposed.dispose();
    return product as TensorInfo;
  };
}
