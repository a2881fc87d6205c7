import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './engine.ts';

/** Inputs x, scale, offset; outputs y, mean, variance, and whatever else the gradient kernel needs. */
export const batchNormKernel = 'FusiformBatchNorm';
/** Inputs dy, x, scale and the forward outputs from the mean on as r0, r1, ...; outputs dx, dScale, dOffset. */
export const batchNormGradKernel = 'FusiformBatchNormGrad';

/** How many outputs an engine's forward kernel has: only they know what their gradient needs. */
const savedOutputs = 5;

/** Ties the two kernels together; every engine registers its own pair before the first use. */
export function registerBatchNormGradient(tf: TensorFlow): void {
  if (tf.getGradient(batchNormKernel) !== undefined) return;
  tf.registerGradient({
    kernelName: batchNormKernel,
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, ...Array.from({ length: savedOutputs }, () => true)],
    gradFunc: (dys, saved, attrs) => {
      const dy = Array.isArray(dys) ? dys[0] : dys;
      const [x, scale, ...rest] = saved;
      const inputs = Object.fromEntries(rest.map((tensor, i) => [`r${i}`, tensor]));
      const [dx, dScale, dOffset] = runKernel(tf, batchNormGradKernel, { dy, x, scale, ...inputs }, attrs);
      return { x: () => dx, scale: () => dScale, offset: () => dOffset };
    },
  });
}

export function batchNorm(
  tf: TensorFlow,
  x: Tensor,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon: number,
): { y: Tensor; mean: Tensor1D; variance: Tensor1D } {
  const [y, mean, variance] = runKernel(tf, batchNormKernel, { x, scale, offset }, { epsilon });
  return { y, mean: mean as Tensor1D, variance: variance as Tensor1D };
}

function runKernel(
  tf: TensorFlow,
  name: string,
  inputs: Record<string, Tensor>,
  attrs: Parameters<ReturnType<TensorFlow['engine']>['runKernel']>[2],
): Tensor[] {
  return tf.engine().runKernel(name, inputs, attrs) as Tensor[];
}
