import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { EmscriptenModule } from './emscripten.ts';

/** Where a tensor's numbers begin in the WebAssembly memory, in bytes. */
export function address(backend: BackendWasm, tensor: TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId);
}

/**
 * A tensor's numbers where they lie in the WebAssembly memory. Valid until the next allocation, which
 * may move the memory: allocate outputs first, take views last.
 */
export function heapView(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  const length = tensor.shape.reduce((product, size) => product * size, 1);
  return new Float32Array(heap(backend), address(backend, tensor), length);
}

export function heap(backend: BackendWasm): ArrayBufferLike {
  return (backend.wasm as unknown as EmscriptenModule).HEAPU8.buffer;
}

export function allocate(
  backend: BackendWasm,
  shape: readonly number[],
  dtype: DataType = 'float32',
): TensorInfo {
  return backend.makeOutput([...shape], dtype);
}
