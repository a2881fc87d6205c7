import { worldCoordinates } from './grid.ts';
import type { Mask } from './mask.ts';

export interface Region {
  readonly name: 'occipital' | 'temporal' | 'frontoparietal';
  /** Ascending positions within `mask.indices`. */
  readonly voxels: Uint32Array;
}

/**
 * The three regions of VanRullen & Reddy (2019, fig. 5): the most posterior third of the voxels ("occipital"), and
 * the rest split at its median height, the lower half ("temporal") and the upper ("frontoparietal").
 *
 * Thirds and halves are counted in voxels, so that the regions are of equal size to within one voxel and their
 * scores can be compared. Voxels at the same coordinate go by their order in the mask.
 *
 * @param mask its affine gives RAS+ millimetres: y grows forwards, z upwards.
 * @returns the regions in the order occipital, temporal, frontoparietal; together they are the mask, each voxel once.
 */
export function posteriorRegions(mask: Mask): Region[] {
  const count = mask.indices.length;
  const y = new Float64Array(count);
  const z = new Float64Array(count);
  for (let voxel = 0; voxel < count; voxel += 1) {
    const [, posterior, height] = worldCoordinates(mask.grid, mask.indices[voxel]);
    y[voxel] = posterior;
    z[voxel] = height;
  }
  const fromBehind = Uint32Array.from({ length: count }, (_, voxel) => voxel).sort(
    (a, b) => y[a] - y[b] || a - b,
  );
  const third = Math.round(count / 3);
  const fromBelow = fromBehind.slice(third).sort((a, b) => z[a] - z[b] || a - b);
  const half = Math.ceil(fromBelow.length / 2);
  return [
    { name: 'occipital', voxels: fromBehind.slice(0, third).sort() },
    { name: 'temporal', voxels: fromBelow.slice(0, half).sort() },
    { name: 'frontoparietal', voxels: fromBelow.slice(half).sort() },
  ];
}
