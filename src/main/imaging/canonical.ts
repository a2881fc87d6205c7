import { FusiformError } from '../../shared/errors.ts';
import { axisDirections, orientationCode } from '../formats/nifti/orientation.ts';
import { composeAffines } from '../../shared/space/affine.ts';
import { voxelCount } from './grid.ts';
import type { Volume } from './volume.ts';

/**
 * A volume with its axes exchanged and turned round so that they grow as nearly as they can towards right, anterior and
 * superior (nibabel's `as_closest_canonical`). Nothing is interpolated: every value stays at its place in space, and the
 * affine says so. What an image shows on the screen must come from here, never from the order of its voxels.
 *
 * @throws FusiformError AFFINE_SINGULAR where an axis has no direction
 */
export function closestCanonical(volume: Volume): Volume {
  const { affine, shape } = volume.grid;
  const directions = axisDirections(affine);
  const axisOf = [0, 1, 2].map((world) => directions.findIndex((direction) => direction?.world === world));
  if (axisOf.includes(-1)) {
    throw new FusiformError(
      'AFFINE_SINGULAR',
      `The axes of the image have no directions (${orientationCode(affine)}).`,
    );
  }
  const reversed = axisOf.map((axis) => directions[axis]?.sign === -1);
  // From the new indices to the old ones.
  const toOld = new Float64Array(16);
  toOld[15] = 1;
  axisOf.forEach((axis, world) => {
    toOld[4 * axis + world] = reversed[world] ? -1 : 1;
    if (reversed[world]) toOld[4 * axis + 3] = shape[axis] - 1;
  });
  const strides = [1, shape[0], shape[0] * shape[1]];
  const step = axisOf.map((axis, world) => (reversed[world] ? -strides[axis] : strides[axis]));
  const first = axisOf.reduce(
    (sum, axis, world) => sum + (reversed[world] ? strides[axis] * (shape[axis] - 1) : 0),
    0,
  );
  const grid = {
    shape: [shape[axisOf[0]], shape[axisOf[1]], shape[axisOf[2]]] as const,
    affine: composeAffines(affine, toOld),
  };
  const data = new Float32Array(voxelCount(grid));
  let index = 0;
  for (let k = 0; k < grid.shape[2]; k += 1) {
    for (let j = 0; j < grid.shape[1]; j += 1) {
      let from = first + k * step[2] + j * step[1];
      for (let i = 0; i < grid.shape[0]; i += 1, index += 1, from += step[0]) data[index] = volume.data[from];
    }
  }
  return { grid, data };
}
