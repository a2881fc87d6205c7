import { FusiformError } from '../../shared/errors.ts';
import { type Grid, gridMismatchMessage, sameGrid, voxelCount } from './grid.ts';
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
 * The mask that a volume holds, refused where it is of no use for images on `grid`.
 *
 * @param file what the errors name.
 * @throws FusiformError MASK_GRID_MISMATCH when the volume lies on another grid, MASK_EMPTY when it selects no voxel.
 */
export function maskOnGrid(volume: Volume, grid: Grid, file: string): Mask {
  if (!sameGrid(volume.grid, grid)) {
    const difference = gridMismatchMessage(volume.grid, grid);
    throw new FusiformError(
      'MASK_GRID_MISMATCH',
      `The mask is on another grid than the images: ${difference}.`,
      {
        file,
        details: { maskShape: volume.grid.shape, imageShape: grid.shape },
      },
    );
  }
  const mask = maskFromVolume(volume);
  if (mask.indices.length === 0) {
    throw new FusiformError(
      'MASK_EMPTY',
      'The mask selects no voxel: all its values are zero or not finite.',
      {
        file,
      },
    );
  }
  return { grid, indices: mask.indices };
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
