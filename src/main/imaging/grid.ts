import type { Grid } from '../formats/nifti/space.ts';

export type { Grid } from '../formats/nifti/space.ts';

export function voxelCount(grid: Grid): number {
  return grid.shape[0] * grid.shape[1] * grid.shape[2];
}

/**
 * Whether two grids put the same voxels at the same places.
 *
 * @param tolerance largest difference of an affine element, in millimetres. Headers hold float32, and a qform and
 *   an sform of the same space differ in the sixth digit.
 */
export function sameGrid(a: Grid, b: Grid, tolerance = 1e-3): boolean {
  return (
    a.shape.every((size, axis) => size === b.shape[axis]) &&
    a.affine.every((value, index) => Math.abs(value - b.affine[index]) <= tolerance)
  );
}

/** One sentence that says how two grids differ, for an error message. */
export function gridMismatchMessage(a: Grid, b: Grid): string {
  if (a.shape.some((size, axis) => size !== b.shape[axis])) {
    return `its shape is ${a.shape.join(' x ')}, not ${b.shape.join(' x ')}`;
  }
  // A NaN element is the worst there is.
  const differences = Array.from(a.affine, (value, index) => {
    const difference = Math.abs(value - b.affine[index]);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  });
  const worst = differences.indexOf(Math.max(...differences));
  const place = `row ${Math.floor(worst / 4) + 1}, column ${(worst % 4) + 1}`;
  return `its affine differs: ${a.affine[worst]} against ${b.affine[worst]} mm in ${place}`;
}

/** Voxel indices [i, j, k] of a flat index (x fastest). */
export function voxelIndices(grid: Grid, index: number): [number, number, number] {
  const [nx, ny] = grid.shape;
  const k = Math.floor(index / (nx * ny));
  const inPlane = index - k * nx * ny;
  const j = Math.floor(inPlane / nx);
  return [inPlane - j * nx, j, k];
}

/** Centre of a voxel in RAS+ millimetres. */
export function worldCoordinates(grid: Grid, index: number): [number, number, number] {
  const [i, j, k] = voxelIndices(grid, index);
  const a = grid.affine;
  return [
    a[0] * i + a[1] * j + a[2] * k + a[3],
    a[4] * i + a[5] * j + a[6] * k + a[7],
    a[8] * i + a[9] * j + a[10] * k + a[11],
  ];
}
