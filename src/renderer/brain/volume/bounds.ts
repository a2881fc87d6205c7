import { applyAffine } from '../../../shared/space/affine.ts';
import type { Grid } from '../../../shared/space/grid.ts';

/** A box in RAS+ millimetres. */
export interface Bounds {
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
}

export type Point = readonly [number, number, number];

/** The box that holds every voxel of a grid, voxels taken as boxes around their centres. */
export function boundsOf({ shape, affine }: Grid): Bounds {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner += 1) {
    const at = [0, 1, 2].map((axis) => ((corner >> axis) & 1 ? shape[axis] - 0.5 : -0.5));
    const point = applyAffine(affine, [at[0], at[1], at[2]]);
    for (let axis = 0; axis < 3; axis += 1) {
      min[axis] = Math.min(min[axis], point[axis]);
      max[axis] = Math.max(max[axis], point[axis]);
    }
  }
  return { min, max };
}

/** The smallest size of a grid's voxels, mm. */
export function smallestSpacing({ affine }: Grid): number {
  return (
    Math.min(...[0, 1, 2].map((axis) => Math.hypot(affine[axis], affine[4 + axis], affine[8 + axis]))) || 1
  );
}

/** Volume of a voxel, mm³. */
export function voxelVolume({ affine: a }: Grid): number {
  return Math.abs(
    a[0] * (a[5] * a[10] - a[6] * a[9]) -
      a[1] * (a[4] * a[10] - a[6] * a[8]) +
      a[2] * (a[4] * a[9] - a[5] * a[8]),
  );
}

/** The voxel whose box holds a place, by its indices; null outside of the grid. */
export function voxelAt(grid: Grid, toVoxel: Float64Array, point: Point): [number, number, number] | null {
  const place = applyAffine(toVoxel, point).map((value) => Math.round(value));
  const isInside = place.every((index, axis) => index >= 0 && index < grid.shape[axis]);
  return isInside ? [place[0], place[1], place[2]] : null;
}

export function flatIndex({ shape: [nx, ny] }: Grid, [i, j, k]: Point): number {
  return i + nx * (j + ny * k);
}
