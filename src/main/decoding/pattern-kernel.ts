import type { Engine } from '../engine/engine.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
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
  const kernel = matrix(nTrials, nTrials);
  for (const [start, end] of patterns.voxelBlocks()) {
    signal?.throwIfAborted();
    const size = end - start;
    const block = patterns.voxels(start, end);
    for (const row of training) {
      for (let voxel = 0; voxel < size; voxel += 1) {
        mean[start + voxel] += block[row * size + voxel] / training.length;
      }
    }
    for (let at = 0; at < block.length; at += 1) block[at] -= mean[start + (at % size)];
    const part = await timesTransposed(engine, block, block, size);
    for (let at = 0; at < kernel.data.length; at += 1) kernel.data[at] += part.data[at];
  }
  return { kernel, mean };
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
