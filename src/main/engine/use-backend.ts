import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './engine.ts';

/** Makes a started backend the one that this thread computes on, in place of another of the same name. */
export async function useBackend(tf: TensorFlow, name: string, backend: KernelBackend): Promise<void> {
  dropBackend(tf, name);
  tf.registerBackend(name, () => backend);
  if (!(await tf.setBackend(name))) throw new Error(`tfjs refused its backend ${name}`);
}

export function dropBackend(tf: TensorFlow, name: string): void {
  if (tf.findBackendFactory(name) !== null) tf.removeBackend(name);
}
