import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Accumulator } from '../engine.ts';
import { address, allocate, heapView } from './heap.ts';
import { simdKernels } from './simd.ts';

/** Sums that stay where they are in the WebAssembly memory. */
export function createWasmAccumulator(backend: BackendWasm, shape: readonly number[]): Accumulator {
  let sums: TensorInfo | null = null;
  return {
    add(tensor) {
      if (sums === null) {
        sums = allocate(backend, shape);
        heapView(backend, sums).set(heapView(backend, tensor));
        return;
      }
      const [from, to] = [tensor, sums].map((of) => address(backend, of));
      simdKernels(backend).addRuns(from, to, 1, tensor.size, 0, 0);
    },
    read: async () => (sums === null ? null : heapView(backend, sums).slice()),
    dispose() {
      if (sums !== null) backend.disposeData(sums.dataId);
      sums = null;
    },
  };
}
