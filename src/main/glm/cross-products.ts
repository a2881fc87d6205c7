import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Accumulator, Engine } from '../engine/engine.ts';
import { otherWork } from '../engine/other-work.ts';
import { crossProduct, type Matrix, matrix } from '../math/matrix.ts';
import { type VoxelChunk, voxelChunks } from './voxel-chunks.ts';

export type Precision = 'float64' | 'float32';
type Values = Float32Array | Float64Array;

/** Voxels that go through the float64 loops at a time. */
const loopChunk = 128;

/**
 * X'Y, [nRows, nVoxels], which for a subject is the one large array: 440 MB for 1100 regressors of 100,000 voxels in
 * float32. It is kept in chunks of voxels, [nRows, size] each. Sums in float32 stay on the engine while runs are added,
 * and go back there when more come: at no time are there two of them.
 */
export class CrossProducts {
  readonly nRows: number;
  readonly precision: Precision;
  readonly chunks: readonly VoxelChunk[];
  /** A chunk that has had no run is null. */
  readonly #sums: (Values | Accumulator | null)[];

  constructor(nRows: number, nVoxels: number, precision: Precision) {
    this.nRows = nRows;
    this.precision = precision;
    this.chunks = voxelChunks(nVoxels);
    this.#sums = this.chunks.map(() => null);
  }

  /**
   * Adds a run in float64 loops.
   *
   * @param x [volumes, nRows]
   * @param blocks [volumes, size] for each chunk
   */
  async addByLoops(x: Matrix, blocks: readonly Values[]): Promise<void> {
    for (const [at, { size }] of this.chunks.entries()) {
      const sums = await this.#valuesToAddTo(at);
      for (const part of voxelChunks(size, loopChunk)) {
        const block = matrix(x.rows, part.size);
        for (let t = 0; t < x.rows; t++) {
          const from = t * size + part.start;
          block.data.set(blocks[at].subarray(from, from + part.size), t * part.size);
        }
        const product = crossProduct(x, block).data;
        for (let row = 0; row < this.nRows; row++) {
          const to = row * size + part.start;
          for (let v = 0; v < part.size; v++) sums[to + v] += product[row * part.size + v];
        }
      }
    }
  }

  /**
   * Adds runs on an engine, as one product over all their volumes: reading and writing the sums then weighs little.
   * Other work of this thread, such as reading the next run, goes on between chunks.
   *
   * @param x [volumes of all runs, nRows]
   * @param blocks [volumes, size] for each chunk
   */
  async addOnEngine(engine: Engine, x: Matrix, blocks: readonly Float32Array[]): Promise<void> {
    const { tf } = engine;
    const left = tf.tensor2d(transposedToFloat32(x), [x.cols, x.rows]);
    try {
      for (const [at, { size }] of this.chunks.entries()) {
        const product = tf.tidy(() => tf.matMul<Tensor2D>(left, tf.tensor2d(blocks[at], [x.rows, size])));
        try {
          if (this.precision === 'float32') this.#onEngine(engine, at).add(product);
          else addTo(await this.#valuesToAddTo(at), await product.data<'float32'>());
          if (at + 1 === this.chunks.length) await finished(engine, product);
        } finally {
          product.dispose();
        }
        await otherWork();
      }
    } finally {
      left.dispose();
    }
  }

  /** Adds the sums of others to these; both must have come home (see `comeHome`). */
  async add(other: CrossProducts): Promise<void> {
    for (const at of this.chunks.keys()) {
      const added = other.values(at);
      if (added !== null) addTo(await this.#valuesToAddTo(at), added);
    }
  }

  /** Brings all sums into this program's memory. */
  async comeHome(): Promise<void> {
    for (const [at, sums] of this.#sums.entries()) {
      if (sums === null || isArray(sums)) continue;
      this.#sums[at] = await sums.read();
      sums.dispose();
    }
  }

  /** [nRows, size] of a chunk that has come home, not a copy; null where all is zero. */
  values(at: number): Values | null {
    const sums = this.#sums[at];
    if (sums !== null && !isArray(sums)) throw new Error('The sums are still on the engine');
    return sums;
  }

  /** [nRows, size] of a chunk, wherever it is: a copy where it is on the engine, and stays there. */
  async read(at: number): Promise<Values | null> {
    const sums = this.#sums[at];
    return sums === null || isArray(sums) ? sums : await sums.read();
  }

  /** Makes `values` a chunk's sums. */
  setValues(at: number, values: Values): void {
    this.#sums[at] = values;
  }

  /** A chunk's sums on the engine, taken there where they are not. */
  #onEngine(engine: Engine, at: number): Accumulator {
    const before = this.#sums[at];
    if (before !== null && !isArray(before)) return before;
    const shape: [number, number] = [this.nRows, this.chunks[at].size];
    const sums = engine.accumulator(shape);
    this.#sums[at] = sums;
    if (before !== null) {
      // A copy: engines add in place, and the tensor may lie in the array that it was made of.
      const values = engine.tf.tensor2d(Float32Array.from(before), shape);
      sums.add(values);
      values.dispose();
    }
    return sums;
  }

  /** Gives the engine's memory back; the sums on it are lost. */
  dispose(): void {
    for (const [at, sums] of this.#sums.entries()) {
      if (sums === null || isArray(sums)) continue;
      sums.dispose();
      this.#sums[at] = null;
    }
  }

  async #valuesToAddTo(at: number): Promise<Values> {
    let sums = this.#sums[at];
    if (sums === null) {
      const length = this.nRows * this.chunks[at].size;
      sums = this.precision === 'float64' ? new Float64Array(length) : new Float32Array(length);
    } else if (!isArray(sums)) {
      const there = sums;
      sums = (await there.read()) ?? new Float32Array(this.nRows * this.chunks[at].size);
      there.dispose();
    }
    this.#sums[at] = sums;
    return sums;
  }
}

function isArray(sums: Values | Accumulator): sums is Values {
  return ArrayBuffer.isView(sums);
}

function addTo(sums: Values, added: Values): void {
  for (let i = 0; i < sums.length; i++) sums[i] += added[i];
}

function transposedToFloat32({ rows, cols, data }: Matrix): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) result[col * rows + row] = data[row * cols + col];
  }
  return result;
}

/** Waits for the engine by reading one number of what it computed last. */
async function finished({ tf }: Engine, last: Tensor2D): Promise<void> {
  const corner = tf.slice2d(last, [0, 0], [1, 1]);
  await corner.data();
  corner.dispose();
}
