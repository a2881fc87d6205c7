import type { Accumulator } from '../engine.ts';
import type { NodeBackend } from './backend.ts';
import { ResourceStore } from './resources.ts';

/** Sums in a variable of TensorFlow, added to in place. */
export function createNativeAccumulator(backend: NodeBackend, shape: readonly number[]): Accumulator {
  const resources = new ResourceStore(backend);
  const sums = resources.create(shape);
  let empty = true;
  return {
    add(tensor) {
      if (empty) sums.assign(tensor);
      else sums.add(tensor);
      empty = false;
    },
    async read() {
      if (empty) return null;
      const tensor = sums.read();
      try {
        return await tensor.data<'float32'>();
      } finally {
        // Whoever holds it makes the next addition a copy.
        tensor.dispose();
      }
    },
    dispose: () => resources.dispose(),
  };
}
