import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { EmscriptenModule } from './emscripten.ts';

/**
 * A tensor's numbers where they lie in the WebAssembly memory. Valid until the next allocation, which
 * may move the memory: allocate outputs first, take views last.
 */
export function heapView(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  const offset = backend.getMemoryOffset(tensor.dataId);
  const length = tensor.shape.reduce((product, size) => product * size, 1);
  const { HEAPU8 } = backend.wasm as unknown as EmscriptenModule;
  return new Float32Array(HEAPU8.buffer, offset, length);
}

export function allocate(
  backend: BackendWasm,
  shape: readonly number[],
  dtype: DataType = 'float32',
): TensorInfo {
  return backend.makeOutput([...shape], dtype);
}
