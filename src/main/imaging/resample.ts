import { composeAffines, invertAffine } from '../../shared/space/affine.ts';
import { type Grid, sameGrid, voxelCount } from './grid.ts';
import type { Volume } from './volume.ts';

/** `nearest` for labels, which cannot be averaged; `linear` for what can. */
export type Interpolation = 'nearest' | 'linear';

/** Steps by which a place may miss the outermost voxel centres and still count as there: the rounding of float32 affines. */
const edge = 1e-4;

/**
 * A volume on another grid. Every voxel of the new grid takes the value at the place of its centre: that of the nearest
 * voxel, or trilinear between the eight around it. Where the volume does not reach, and where a voxel that takes part is
 * NaN, the value is `fill` or NaN.
 *
 * The same as `scipy.ndimage.affine_transform` of order 0 and 1 with mode `constant`, which nilearn's `resample_img`
 * uses: places outside of the outermost voxel centres are outside. Nothing is averaged on the way to a coarser grid.
 */
export function resampleVolume(volume: Volume, grid: Grid, interpolation: Interpolation, fill = 0): Volume {
  if (sameGrid(volume.grid, grid, 0)) return { grid, data: volume.data };
  const [nx, ny, nz] = grid.shape;
  const toSource = composeAffines(invertAffine(volume.grid.affine), grid.affine);
  const sample = interpolation === 'nearest' ? nearestSampler(volume) : linearSampler(volume);
  const data = new Float32Array(voxelCount(grid));
  let index = 0;
  for (let k = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      const [x, y, z] = [0, 4, 8].map(
        (row) => toSource[row + 1] * j + toSource[row + 2] * k + toSource[row + 3],
      );
      for (let i = 0; i < nx; i += 1, index += 1) {
        const value = sample(x + toSource[0] * i, y + toSource[4] * i, z + toSource[8] * i);
        data[index] = value ?? fill;
      }
    }
  }
  return { grid, data };
}

/** The value at a place in voxel steps; null outside. */
type Sampler = (x: number, y: number, z: number) => number | null;

function nearestSampler({ grid, data }: Volume): Sampler {
  const [nx, ny, nz] = grid.shape;
  return (x, y, z) => {
    if (!(within(x, nx) && within(y, ny) && within(z, nz))) return null;
    return data[clampedRound(x, nx) + nx * (clampedRound(y, ny) + ny * clampedRound(z, nz))];
  };
}

function linearSampler({ grid, data }: Volume): Sampler {
  const [nx, ny, nz] = grid.shape;
  return (x, y, z) => {
    if (!(within(x, nx) && within(y, ny) && within(z, nz))) return null;
    const [i, j, k] = [clampedFloor(x, nx), clampedFloor(y, ny), clampedFloor(z, nz)];
    const [u, v, w] = [share(x, i, nx), share(y, j, ny), share(z, k, nz)];
    let sum = 0;
    for (let corner = 0; corner < 8; corner += 1) {
      const [right, front, above] = [corner & 1, (corner >> 1) & 1, corner >> 2];
      const weight = (right ? u : 1 - u) * (front ? v : 1 - v) * (above ? w : 1 - w);
      // A corner of no weight may lie outside, or be NaN.
      if (weight > 0) sum += weight * data[i + right + nx * (j + front + ny * (k + above))];
    }
    return sum;
  };
}

function within(place: number, size: number): boolean {
  return place >= -edge && place <= size - 1 + edge;
}

function clampedRound(place: number, size: number): number {
  return Math.min(size - 1, Math.max(0, Math.floor(place + 0.5)));
}

function clampedFloor(place: number, size: number): number {
  return Math.min(size - 1, Math.max(0, Math.floor(place)));
}

/** How far a place is on its way to the next voxel; behind the last one there is none. */
function share(place: number, floor: number, size: number): number {
  return floor === size - 1 ? 0 : Math.max(0, place - floor);
}
