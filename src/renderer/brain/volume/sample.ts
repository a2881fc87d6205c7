import { invertAffine } from '../../../shared/space/affine.ts';
import type { Volume } from '../../../shared/space/grid.ts';

/** `nearest` for labels and masks, which cannot be averaged; `linear` for what can. */
export type Interpolation = 'nearest' | 'linear';

/** Steps by which a place may miss the outermost voxel centres: half a voxel, since voxels are boxes on the screen. */
const reach = 0.5;

/**
 * The value at a place, in millimetres: that of the nearest voxel, or trilinear between the eight around it. NaN outside
 * of the voxels' boxes, and where a voxel that takes part is not finite. Within half a voxel of the border the outermost
 * voxels count on.
 */
export type Sampler = (x: number, y: number, z: number) => number;

export function samplerOf({ grid, data }: Volume, interpolation: Interpolation): Sampler {
  const m = invertAffine(grid.affine);
  const [nx, ny, nz] = grid.shape;
  const plane = nx * ny;
  const nearest: Sampler = (x, y, z) => {
    const i = Math.round(m[0] * x + m[1] * y + m[2] * z + m[3]);
    const j = Math.round(m[4] * x + m[5] * y + m[6] * z + m[7]);
    const k = Math.round(m[8] * x + m[9] * y + m[10] * z + m[11]);
    if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) return Number.NaN;
    return data[i + nx * j + plane * k];
  };
  if (interpolation === 'nearest') return nearest;
  return (x, y, z) => {
    let a = m[0] * x + m[1] * y + m[2] * z + m[3];
    let b = m[4] * x + m[5] * y + m[6] * z + m[7];
    let c = m[8] * x + m[9] * y + m[10] * z + m[11];
    if (a < -reach || b < -reach || c < -reach) return Number.NaN;
    if (a > nx - 1 + reach || b > ny - 1 + reach || c > nz - 1 + reach) return Number.NaN;
    a = a < 0 ? 0 : a > nx - 1 ? nx - 1 : a;
    b = b < 0 ? 0 : b > ny - 1 ? ny - 1 : b;
    c = c < 0 ? 0 : c > nz - 1 ? nz - 1 : c;
    const i = Math.min(Math.floor(a), Math.max(0, nx - 2));
    const j = Math.min(Math.floor(b), Math.max(0, ny - 2));
    const k = Math.min(Math.floor(c), Math.max(0, nz - 2));
    const u = a - i;
    const v = b - j;
    const w = c - k;
    const at = i + nx * j + plane * k;
    const right = nx > 1 ? 1 : 0;
    const front = ny > 1 ? nx : 0;
    const above = nz > 1 ? plane : 0;
    // A corner of no weight does not count, were it NaN.
    const row = (from: number): number =>
      u === 0 ? data[from] : u === 1 ? data[from + right] : (1 - u) * data[from] + u * data[from + right];
    const slab = (from: number): number =>
      v === 0 ? row(from) : v === 1 ? row(from + front) : (1 - v) * row(from) + v * row(from + front);
    const value = w === 0 ? slab(at) : w === 1 ? slab(at + above) : (1 - w) * slab(at) + w * slab(at + above);
    return Number.isFinite(value) ? value : Number.NaN;
  };
}
