import { applyAffine, invertAffine } from '../../../shared/space/affine.ts';
import type { Grid, Volume } from '../../../shared/space/grid.ts';
import type { Interpolation } from '../volume/sample.ts';
import { samplerOf } from '../volume/sample.ts';
import type { Point } from '../volume/bounds.ts';

/** 1 inside, 0 outside, [nx * ny * nz], x fastest. */
export type MaskData = Uint8Array;

export const setOperations = ['union', 'intersection', 'difference'] as const;
export type SetOperation = (typeof setOperations)[number];

/** Sets every voxel whose centre is within a radius of a place. @returns the voxels that changed */
export function paintSphere(mask: MaskData, grid: Grid, centre: Point, radius: number, value: 0 | 1): number {
  const toVoxel = invertAffine(grid.affine);
  const middle = applyAffine(toVoxel, centre);
  // How many steps along each axis a sphere may reach: the rows of the inverse measure steps a millimetre.
  const reach = [0, 4, 8].map((row) => radius * Math.hypot(toVoxel[row], toVoxel[row + 1], toVoxel[row + 2]));
  const [from, to] = [0, 1].map((end) =>
    middle.map((place, axis) =>
      end === 0
        ? Math.max(0, Math.floor(place - reach[axis]))
        : Math.min(grid.shape[axis] - 1, Math.ceil(place + reach[axis])),
    ),
  );
  let changed = 0;
  const fill = (i: number, j: number, k: number): void => {
    const index = i + grid.shape[0] * (j + grid.shape[1] * k);
    if (mask[index] === value) return;
    mask[index] = value;
    changed += 1;
  };
  for (let k = from[2]; k <= to[2]; k += 1) {
    for (let j = from[1]; j <= to[1]; j += 1) {
      for (let i = from[0]; i <= to[0]; i += 1) {
        const [x, y, z] = applyAffine(grid.affine, [i, j, k]);
        if (Math.hypot(x - centre[0], y - centre[1], z - centre[2]) <= radius + 1e-6) fill(i, j, k);
      }
    }
  }
  // A brush that is smaller than a voxel still marks the voxel it is in.
  const nearest = middle.map(Math.round);
  if (nearest.every((place, axis) => place >= 0 && place < grid.shape[axis]))
    fill(nearest[0], nearest[1], nearest[2]);
  return changed;
}

/** Which voxels of a grid a volume shows, looked up at their centres. */
export function voxelsWhere(
  grid: Grid,
  volume: Volume,
  interpolation: Interpolation,
  isInside: (value: number) => boolean,
): MaskData {
  const sample = samplerOf(volume, interpolation);
  const [nx, ny, nz] = grid.shape;
  const mask = new Uint8Array(nx * ny * nz);
  for (let k = 0, index = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1, index += 1) {
        const [x, y, z] = applyAffine(grid.affine, [i, j, k]);
        if (isInside(sample(x, y, z))) mask[index] = 1;
      }
    }
  }
  return mask;
}

export function combined(a: MaskData, b: MaskData, operation: SetOperation): MaskData {
  return a.map((value, at) =>
    operation === 'union'
      ? value | b[at]
      : operation === 'intersection'
        ? value & b[at]
        : value & (1 - b[at]),
  );
}

export function countOf(mask: MaskData): number {
  let count = 0;
  for (const value of mask) count += value;
  return count;
}

/** First voxel and length of each run of voxels inside, one after the other. */
export function runsOf(mask: MaskData): number[] {
  const runs: number[] = [];
  for (let at = mask.indexOf(1); at >= 0; ) {
    const end = mask.indexOf(0, at);
    runs.push(at, (end < 0 ? mask.length : end) - at);
    at = end < 0 ? -1 : mask.indexOf(1, end);
  }
  return runs;
}
