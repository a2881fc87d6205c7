import { invertAffine } from '../../../shared/space/affine.ts';
import type { Volume } from '../../../shared/space/grid.ts';
import type { Interpolation } from '../volume/sample.ts';
import { type PlaneAxes, type PlaneWindow, placeAt } from './plane.ts';

/**
 * A volume at every pixel of a plane, resampled by its affine: `samplerOf` for a whole picture, stepping through the
 * volume's own indices. `out` is [height, width] and is filled with NaN where there is nothing.
 */
export function samplePlane(
  { grid, data }: Volume,
  interpolation: Interpolation,
  axes: PlaneAxes,
  window: PlaneWindow,
  through: number,
  out: Float32Array,
): void {
  const m = invertAffine(grid.affine);
  const { width, height, scale } = window;
  const [nx, ny, nz] = grid.shape;
  const plane = nx * ny;
  const start = placeAt(axes, window, 0.5, 0.5, through);
  const right = axes.acrossSign * scale;
  const across = [m[axes.across] * right, m[4 + axes.across] * right, m[8 + axes.across] * right];
  const down = [-m[axes.up] * scale, -m[4 + axes.up] * scale, -m[8 + axes.up] * scale];
  const first = [0, 4, 8].map(
    (row) => m[row] * start[0] + m[row + 1] * start[1] + m[row + 2] * start[2] + m[row + 3],
  );
  const [lastI, lastJ, lastK] = [nx - 1, ny - 1, nz - 1];
  const [stepI, stepJ, stepK] = [nx > 1 ? 1 : 0, ny > 1 ? nx : 0, nz > 1 ? plane : 0];
  const isNearest = interpolation === 'nearest';
  for (let y = 0, at = 0; y < height; y += 1) {
    let a = first[0] + y * down[0];
    let b = first[1] + y * down[1];
    let c = first[2] + y * down[2];
    for (let x = 0; x < width; x += 1, at += 1, a += across[0], b += across[1], c += across[2]) {
      if (
        !(a >= -0.5 && b >= -0.5 && c >= -0.5 && a <= lastI + 0.5 && b <= lastJ + 0.5 && c <= lastK + 0.5)
      ) {
        out[at] = Number.NaN;
        continue;
      }
      const p = a < 0 ? 0 : a > lastI ? lastI : a;
      const q = b < 0 ? 0 : b > lastJ ? lastJ : b;
      const r = c < 0 ? 0 : c > lastK ? lastK : c;
      if (isNearest) {
        out[at] = data[((p + 0.5) | 0) + nx * ((q + 0.5) | 0) + plane * ((r + 0.5) | 0)];
        continue;
      }
      const i = p | 0;
      const j = q | 0;
      const k = r | 0;
      const [u, v, w] = [p - i, q - j, r - k];
      const from = i + nx * j + plane * k;
      // A corner of no weight takes no part, were it NaN or outside.
      const di = u > 0 ? stepI : 0;
      const dj = v > 0 ? stepJ : 0;
      const dk = w > 0 ? stepK : 0;
      const c00 = data[from] + u * (data[from + di] - data[from]);
      const c10 = data[from + dj] + u * (data[from + dj + di] - data[from + dj]);
      const c01 = data[from + dk] + u * (data[from + dk + di] - data[from + dk]);
      const c11 = data[from + dk + dj] + u * (data[from + dk + dj + di] - data[from + dk + dj]);
      const c0 = c00 + v * (c10 - c00);
      const value = c0 + w * (c01 + v * (c11 - c01) - c0);
      out[at] = value - value === 0 ? value : Number.NaN;
    }
  }
}
