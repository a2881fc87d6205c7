import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../engine.ts';

/** Puts another function in a kernel's place; its set-up stays, so that the function may call the original. */
export function replaceKernel(
  tf: TensorFlow,
  kernelName: string,
  make: (original: KernelConfig) => KernelFunc,
): void {
  const original = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...original, kernelFunc: make(original) });
}
