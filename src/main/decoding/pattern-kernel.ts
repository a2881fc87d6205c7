import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Engine } from '../engine/engine.ts';
import { otherWork } from '../engine/other-work.ts';
import { type Matrix, matrix, mirrorUpper } from '../math/matrix.ts';
import { timesTransposed } from './products.ts';

/** Patterns of which some voxels are in memory at a time. */
export interface VoxelBlocks {
  readonly nTrials: number;
  readonly nVoxels: number;
  voxelBlocks(): Iterable<readonly [start: number, end: number]>;
  /** [nTrials, end - start] */
  voxels(start: number, end: number): Float32Array;
}

/**
 * Products of patterns with each other about the mean of some of them: [nTrials, nTrials].
 *
 * On an engine in float32, summed up where they are made; only what lies on and right of the diagonal is multiplied. In float64
 * loops without one.
 *
 * @param training rows whose mean is taken off all
 * @returns also that mean, [nVoxels]
 */
export async function patternKernel(
  patterns: VoxelBlocks,
  training: readonly number[],
  engine: Engine | null,
  signal?: AbortSignal,
): Promise<{ kernel: Matrix; mean: Float64Array }> {
  const { nTrials, nVoxels } = patterns;
  const mean = new Float64Array(nVoxels);
  const sums = engine === null ? loopSums(nTrials) : engineSums(engine, nTrials);
  try {
    for (const [start, end] of patterns.voxelBlocks()) {
      await otherWork(signal);
      const block = patterns.voxels(start, end);
      centre(block, mean.subarray(start, end), training);
      await sums.add(block, end - start);
    }
    return { kernel: await sums.read(), mean };
  } finally {
    sums.dispose();
  }
}

/** Takes the mean of some rows off all. @param mean [size], filled */
function centre(block: Float32Array, mean: Float64Array, training: readonly number[]): void {
  const size = mean.length;
  for (const row of training) {
    const from = row * size;
    for (let voxel = 0; voxel < size; voxel += 1) mean[voxel] += block[from + voxel];
  }
  for (let voxel = 0; voxel < size; voxel += 1) mean[voxel] /= training.length;
  for (let from = 0; from < block.length; from += size) {
    for (let voxel = 0; voxel < size; voxel += 1) block[from + voxel] -= mean[voxel];
  }
}

interface KernelSums {
  /** @param block [n, size], free for other use afterwards */
  add(block: Float32Array, size: number): Promise<void>;
  /** [n, n] */
  read(): Promise<Matrix>;
  dispose(): void;
}

function loopSums(n: number): KernelSums {
  const kernel = matrix(n, n);
  return {
    add: async (block, size) => {
      const part = await timesTransposed(null, block, block, size);
      for (let at = 0; at < kernel.data.length; at += 1) kernel.data[at] += part.data[at];
    },
    read: async () => kernel,
    dispose: () => undefined,
  };
}

/** Rows of the kernel that are multiplied at a time, each strip from its own diagonal on. */
const stripRows = 1024;

function engineSums(engine: Engine, n: number): KernelSums {
  const { tf } = engine;
  const strips = Array.from({ length: Math.ceil(n / stripRows) }, (_, at) => {
    const start = at * stripRows;
    const rows = Math.min(stripRows, n - start);
    return { start, rows, sums: engine.accumulator([rows, n - start]) };
  });
  return {
    add: async (block, size) => {
      const all = tf.tensor2d(block, [n, size]);
      try {
        for (const { start, rows, sums } of strips) {
          const product: Tensor2D = tf.tidy(() => {
            const right = tf.slice2d(all, [start, 0], [n - start, size]);
            return tf.matMul(tf.slice2d(right, [0, 0], [rows, size]), right, false, true);
          });
          sums.add(product);
          // One number tells that the engine has done with the block.
          const corner = tf.slice2d(product, [0, 0], [1, 1]);
          await corner.data();
          tf.dispose([corner, product]);
        }
      } finally {
        all.dispose();
      }
    },
    read: async () => {
      const kernel = matrix(n, n);
      for (const { start, rows, sums } of strips) {
        const values = await sums.read();
        if (values === null) continue;
        for (let row = 0; row < rows; row += 1) {
          const from = row * (n - start);
          kernel.data.set(values.subarray(from + row, from + n - start), (start + row) * (n + 1));
        }
      }
      mirrorUpper(kernel.data, n);
      return kernel;
    },
    dispose: () => {
      for (const { sums } of strips) sums.dispose();
    },
  };
}

/** Some rows and columns of a matrix. */
export function pickMatrix(a: Matrix, rows: readonly number[], columns: readonly number[]): Matrix {
  const result = matrix(rows.length, columns.length);
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      result.data[i * columns.length + j] = a.data[row * a.cols + column];
    });
  });
  return result;
}
