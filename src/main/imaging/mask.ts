import { type Grid, voxelCount } from './grid.ts';
import type { Volume } from './volume.ts';

/** The voxels of a grid that an analysis looks at. */
export interface Mask {
  readonly grid: Grid;
  /** Ascending flat voxel indices, x fastest. */
  readonly indices: Uint32Array;
}

/** The mask of all finite voxels that are not zero (nilearn's reading of a mask image). */
export function maskFromVolume(volume: Volume): Mask {
  const { grid, data } = volume;
  const indices = new Uint32Array(data.length);
  let count = 0;
  for (let index = 0; index < data.length; index += 1) {
    if (data[index] !== 0 && Number.isFinite(data[index])) {
      indices[count] = index;
      count += 1;
    }
  }
  return { grid, indices: indices.slice(0, count) };
}

/** The mask of every voxel of a grid. */
export function fullMask(grid: Grid): Mask {
  return { grid, indices: Uint32Array.from({ length: voxelCount(grid) }, (_, index) => index) };
}

/**
 * Values of a mask's voxels put back into space.
 *
 * @param values [nVoxels], in the order of `mask.indices`.
 * @param fill value outside the mask.
 */
export function unmask(values: Float32Array, mask: Mask, fill = 0): Volume {
  if (values.length !== mask.indices.length) {
    throw new RangeError(`${values.length} values for a mask of ${mask.indices.length} voxels`);
  }
  const data = new Float32Array(voxelCount(mask.grid));
  if (fill !== 0) data.fill(fill);
  for (let voxel = 0; voxel < values.length; voxel += 1) data[mask.indices[voxel]] = values[voxel];
  return { grid: mask.grid, data };
}

/**
 * Values of a volume at a mask's voxels: the inverse of `unmask`.
 *
 * @returns [nVoxels], in the order of `mask.indices`.
 */
export function applyMask(volume: Volume, mask: Mask): Float32Array {
  return Float32Array.from(mask.indices, (index) => volume.data[index]);
}
