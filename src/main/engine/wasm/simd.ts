import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { assemble } from './assembler.ts';
import { simdFunctions } from './simd-kernels.ts';
import { type WasmMemory, webAssembly } from './web-assembly.ts';

/*
 * Loops that tfjs has no fast kernel for, four numbers at a time, over the memory of its backend.
 * Pointers are byte addresses. A matrix has `rows` of `width` numbers, the width a multiple of 4; vectors of
 * parameters have `width` numbers; `sums` are two vectors of float64 that are added to.
 */
export interface SimdKernels {
  /** sums[0] += x - shift, sums[1] += (x - shift)^2, over the rows. */
  moments(x: number, shift: number, sums: number, rows: number, width: number): void;
  /** sums[0] += dy, sums[1] += dy (x - shift), over the rows. */
  products(dy: number, x: number, shift: number, sums: number, rows: number, width: number): void;
  /** y = x a + k */
  affine(x: number, a: number, k: number, y: number, rows: number, width: number): void;
  /** y = dy a + x b + k */
  affine2(
    dy: number,
    x: number,
    a: number,
    b: number,
    k: number,
    y: number,
    rows: number,
    width: number,
  ): void;
  /** Copies or adds `count` runs of `length` numbers; the runs are `fromStride` and `toStride` numbers apart. */
  copyRuns: MoveRuns;
  addRuns: MoveRuns;
  /** dx = y > 0 ? dy : dy (y + 1); `count` is a multiple of 4. */
  eluGradient(dy: number, y: number, dx: number, count: number): void;
  /** One update of Adam, moments in place; `count` is a multiple of 4, keep1 and keep2 are 1 - beta1 and 1 - beta2. */
  adam(
    before: number,
    after: number,
    gradient: number,
    first: number,
    second: number,
    count: number,
    beta1: number,
    beta2: number,
    keep1: number,
    keep2: number,
    rate: number,
    epsilon: number,
  ): void;
  /** `[rows, columns]` to `[columns, rows]`, both multiples of 4. */
  transpose(from: number, to: number, rows: number, columns: number): void;
  /**
   * Products in float64 of a panel of four columns with each of those that lie from `right` to `end`: tiles of 4 x 4 side
   * by side at `out`, whose rows are `pitch` bytes apart. A panel is `[bytes / 32, 4]`.
   */
  panelProducts(
    left: number,
    right: number,
    end: number,
    panelBytes: number,
    out: number,
    pitch: number,
  ): void;
}

type MoveRuns = (
  from: number,
  to: number,
  count: number,
  length: number,
  fromStride: number,
  toStride: number,
) => void;

const kernelsOf = new WeakMap<BackendWasm, SimdKernels>();

/** Compiles the kernels over a backend's memory. */
export function attachSimdKernels(backend: BackendWasm, memory: WasmMemory): void {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const module = new webAssembly.Module(assemble(simdFunctions(), shared));
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  kernelsOf.set(backend, exports as unknown as SimdKernels);
}

export function simdKernels(backend: BackendWasm): SimdKernels {
  const kernels = kernelsOf.get(backend);
  if (kernels === undefined) throw new Error('this backend was not started by Fusiform');
  return kernels;
}
