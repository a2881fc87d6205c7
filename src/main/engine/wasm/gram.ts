import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { inPanels, type Matrix, matrix, mirrorUpper, panel } from '../../math/matrix.ts';
import { address, allocate, heap } from './heap.ts';
import { simdKernels } from './simd.ts';

const float64Bytes = 8;

/**
 * `x'x` in float64, of which tensors know nothing: two numbers at a time, over memory that the backend lends.
 *
 * @param x [rows, cols]
 * @returns [cols, cols], exactly symmetric
 */
export function wasmGram(backend: BackendWasm, x: Matrix): Matrix {
  const { rows, cols: n } = x;
  const nPanels = Math.ceil(n / panel);
  const width = nPanels * panel;
  const panelBytes = rows * panel * float64Bytes;
  // Twice as many float32 as float64.
  const panels = allocate(backend, [2 * rows * width]);
  const products = allocate(backend, [2 * width * width]);
  try {
    const [from, to] = [address(backend, panels), address(backend, products)];
    new Float64Array(heap(backend), from, rows * width).set(inPanels(x));
    const end = from + nPanels * panelBytes;
    const pitch = width * float64Bytes;
    for (let p = 0; p < nPanels; p++) {
      const left = from + p * panelBytes;
      const out = to + p * panel * (pitch + float64Bytes);
      simdKernels(backend).panelProducts(left, left, end, panelBytes, out, pitch);
    }
    const padded = new Float64Array(heap(backend), to, width * width);
    const result = matrix(n, n);
    for (let i = 0; i < n; i++) result.data.set(padded.subarray(i * width, i * width + n), i * n);
    mirrorUpper(result.data, n);
    return result;
  } finally {
    backend.disposeData(panels.dataId);
    backend.disposeData(products.dataId);
  }
}
