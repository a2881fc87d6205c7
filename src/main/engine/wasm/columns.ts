import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, heap } from './heap.ts';

/**
 * A matrix `[rows, channels]` as the vector kernels take it: in rows whose width is a multiple of 4. Where the
 * channels are not, four rows count as one (three colours become twelve columns), and up to three rows are left
 * over for a plain loop.
 */
export interface Columns {
  readonly channels: number;
  readonly rows: number;
  readonly width: number;
  /** Rows of that width. */
  readonly wideRows: number;
  /** Index of the first number that is left over, and of the end. */
  readonly rest: number;
  readonly size: number;
}

export function columnsOf(size: number, channels: number): Columns {
  const width = channels % 4 === 0 ? channels : 4 * channels;
  const wideRows = Math.floor(size / width);
  return { channels, rows: size / channels, width, wideRows, rest: wideRows * width, size };
}

/** Memory for a kernel's parameters: two vectors of double-precision sums, and vectors of the columns' width. */
export class Scratch {
  readonly #backend: BackendWasm;
  readonly #memory: TensorInfo;
  readonly #columns: Columns;

  constructor(backend: BackendWasm, columns: Columns, vectors: number) {
    this.#backend = backend;
    this.#columns = columns;
    this.#memory = allocate(backend, [(4 + vectors) * columns.width]);
  }

  get sumsAddress(): number {
    return address(this.#backend, this.#memory);
  }

  vectorAddress(index: number): number {
    return this.sumsAddress + (4 + index) * this.#columns.width * 4;
  }

  /** Fills a vector by channel, repeated as often as rows are taken together. */
  setVector(index: number, valueAt: (channel: number) => number): void {
    const { width, channels } = this.#columns;
    const vector = new Float32Array(heap(this.#backend), this.vectorAddress(index), width);
    for (let i = 0; i < width; i++) vector[i] = i < channels ? valueAt(i) : vector[i - channels];
  }

  clearSums(): void {
    this.#sums().fill(0);
  }

  /** The two sums by channel. */
  takeSums(): [Float64Array, Float64Array] {
    const { width, channels } = this.#columns;
    const sums = this.#sums();
    const [first, second] = [new Float64Array(channels), new Float64Array(channels)];
    for (let i = 0; i < width; i++) {
      first[i % channels] += sums[i];
      second[i % channels] += sums[width + i];
    }
    return [first, second];
  }

  dispose(): void {
    this.#backend.disposeData(this.#memory.dataId);
  }

  #sums(): Float64Array {
    return new Float64Array(heap(this.#backend), this.sumsAddress, 2 * this.#columns.width);
  }
}
