import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../engine.ts';
import { address, allocate, heapView } from './heap.ts';
import { replaceKernel } from './replace-kernel.ts';
import { simdKernels } from './simd.ts';

/** tfjs's own loops for these are three to ten times as slow, and a training step calls them for every layer. */
export function registerFlatKernels(tf: TensorFlow): void {
  registerEluGradient(tf);
  registerTranspose(tf);
  registerSlice(tf);
  registerIdentity(tf);
}

function registerEluGradient(tf: TensorFlow): void {
  replaceKernel(tf, 'EluGrad', () => ({ inputs, backend: kernelBackend }) => {
    const backend = kernelBackend as BackendWasm;
    const { dy, y } = inputs as { dy: Tensor; y: Tensor };
    const output = allocate(backend, y.shape);
    const vectorised = y.size - (y.size % 4);
    const [slopes, values, result] = [dy, y, output].map((tensor) => address(backend, tensor));
    simdKernels(backend).eluGradient(slopes, values, result, vectorised);
    const [slope, value, dx] = [dy, y, output].map((tensor) => heapView(backend, tensor));
    for (let i = vectorised; i < y.size; i++) dx[i] = value[i] > 0 ? slope[i] : slope[i] * (value[i] + 1);
    return output;
  });
}

/** Matrices whose sides are multiples of 4; everything else goes to tfjs. */
function registerTranspose(tf: TensorFlow): void {
  replaceKernel(tf, 'Transpose', (original) => (call) => {
    const { x } = call.inputs as { x: Tensor };
    const { perm } = call.attrs as { perm: number[] };
    const backend = call.backend as BackendWasm;
    const [rows, columns] = x.shape;
    const fits =
      x.rank === 2 && perm[0] === 1 && rows % 4 === 0 && columns % 4 === 0 && x.dtype === 'float32';
    if (!fits) return original.kernelFunc(call);
    const output = allocate(backend, [columns, rows]);
    simdKernels(backend).transpose(address(backend, x), address(backend, output), rows, columns);
    return output;
  });
}

/** A slice of whole rows is one copy; tfjs copies all of the input first, whatever is wanted of it. */
function registerSlice(tf: TensorFlow): void {
  replaceKernel(tf, 'Slice', (original) => (call) => {
    const { x } = call.inputs as { x: Tensor };
    const { begin, size } = call.attrs as { begin: number[]; size: number[] };
    const backend = call.backend as BackendWasm;
    const [start, extent] = tf.slice_util.parseSliceParams(x, begin, size);
    if (x.dtype !== 'float32' || !tf.slice_util.isSliceContinous(x.shape, start, extent)) {
      return original.kernelFunc(call);
    }
    const offset = tf.slice_util.computeFlatOffset(start, tf.util.computeStrides(x.shape));
    const output = allocate(backend, extent);
    const target = heapView(backend, output);
    target.set(heapView(backend, x).subarray(offset, offset + target.length));
    return output;
  });
}

/** A second name for the same numbers, as a reshape is; tfjs copies them, for every tensor that a tape keeps. */
function registerIdentity(tf: TensorFlow): void {
  replaceKernel(tf, 'Identity', () => ({ inputs, backend: kernelBackend }) => {
    const backend = kernelBackend as BackendWasm;
    const { x } = inputs as { x: Tensor };
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}
