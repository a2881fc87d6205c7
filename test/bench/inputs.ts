import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageSet, imageSetOf } from '../../src/main/generative/latent-model.ts';
import { type Matrix, matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';

/** Standard normals, the same for a label every time. */
export function normals(length: number, label: string): Float32Array {
  const values = new Float32Array(length);
  new Random(label).fillNormal(values);
  return values;
}

export function normalMatrix(rows: number, cols: number, label: string): Matrix {
  return matrix(rows, cols, Float64Array.from(normals(rows * cols, label)));
}

/** Columns of normals, and the constant as the last. */
export function withConstant(rows: number, cols: number, label: string): Matrix {
  const result = normalMatrix(rows, cols, label);
  for (let row = 0; row < rows; row++) result.data[row * cols + cols - 1] = 1;
  return result;
}

/** A run of BOLD values, [nTime, nVoxels]: noise of 1 % on a baseline of 1000. */
export function boldRun(nTime: number, nVoxels: number, label: string): Float32Array {
  return normals(nTime * nVoxels, label).map((value) => 1000 + 10 * value);
}

/** Pictures of noise: what they show costs no network any time. */
export function noiseFaces(count: number, size: number): ImageSet {
  const pixels = Uint8Array.from(normals(count * size ** 2 * 3, 'pixels'), (value) => 128 + 30 * value);
  return imageSetOf(pixels, size);
}

export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'fusiform-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
