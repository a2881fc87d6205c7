import { applyAffine } from '../../../shared/space/affine.ts';
import type { Volume } from '../../../shared/space/grid.ts';
import { type Point, voxelVolume } from '../volume/bounds.ts';

export interface Cluster {
  readonly sign: 1 | -1;
  readonly voxels: number;
  /** mm³ */
  readonly volume: number;
  readonly peak: number;
  /** Indices of the peak's voxel, and its centre in mm. */
  readonly peakVoxel: Point;
  readonly peakPlace: Point;
}

/**
 * Voxels at or beyond a threshold that touch each other by face, edge or corner (26-connectivity), those of each sign by
 * themselves, the largest first. Values that are not finite belong to none.
 */
export function findClusters({ grid, data }: Volume, threshold: number, twoSided: boolean): Cluster[] {
  const [nx, ny, nz] = grid.shape;
  const seen = new Uint8Array(data.length);
  const stack: number[] = [];
  const found: Cluster[] = [];
  const signOf = (value: number): 1 | -1 | 0 =>
    value - value !== 0 || value === 0
      ? 0
      : value >= threshold
        ? 1
        : twoSided && value <= -threshold
          ? -1
          : 0;
  const each = voxelVolume(grid);
  for (let start = 0; start < data.length; start += 1) {
    const sign = seen[start] === 0 ? signOf(data[start]) : 0;
    if (sign === 0) continue;
    let [voxels, peakAt] = [0, start];
    seen[start] = 1;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      voxels += 1;
      if (data[at] * sign > data[peakAt] * sign) peakAt = at;
      const k = Math.floor(at / (nx * ny));
      const j = Math.floor(at / nx) - k * ny;
      const i = at - nx * (j + k * ny);
      for (let z = Math.max(0, k - 1); z <= Math.min(nz - 1, k + 1); z += 1) {
        for (let y = Math.max(0, j - 1); y <= Math.min(ny - 1, j + 1); y += 1) {
          for (let x = Math.max(0, i - 1); x <= Math.min(nx - 1, i + 1); x += 1) {
            const next = x + nx * (y + ny * z);
            if (seen[next] === 1 || signOf(data[next]) !== sign) continue;
            seen[next] = 1;
            stack.push(next);
          }
        }
      }
    }
    const k = Math.floor(peakAt / (nx * ny));
    const j = Math.floor(peakAt / nx) - k * ny;
    const peakVoxel: Point = [peakAt - nx * (j + k * ny), j, k];
    found.push({
      sign,
      voxels,
      volume: voxels * each,
      peak: data[peakAt],
      peakVoxel,
      peakPlace: applyAffine(grid.affine, peakVoxel),
    });
  }
  return found.sort((a, b) => b.voxels - a.voxels);
}
