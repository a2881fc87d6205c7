import { worldCoordinates } from './grid.ts';
import { type Lobe, lobes } from './lobes.ts';
import type { Mask } from './mask.ts';

export interface Region<Name extends string = string> {
  readonly name: Name;
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
export function posteriorRegions(mask: Mask): Region<Lobe>[] {
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
  const parts = [fromBehind.slice(0, third), fromBelow.slice(0, half), fromBelow.slice(half)];
  return lobes.map((name, at) => ({ name, voxels: parts[at].sort() }));
}

/**
 * Regions as sets of an atlas's labels.
 *
 * @param labelOfVoxel [nVoxels], in the order of the mask
 * @param definitions name and labels of each region; a label may belong to several, a region may be empty
 */
export function labelRegions(
  labelOfVoxel: ArrayLike<number>,
  definitions: readonly { readonly name: string; readonly labels: readonly number[] }[],
): Region[] {
  return definitions.map(({ name, labels }) => {
    const wanted = new Set(labels);
    const voxels = Uint32Array.from({ length: labelOfVoxel.length }, (_, voxel) => voxel).filter((voxel) =>
      wanted.has(labelOfVoxel[voxel]),
    );
    return { name, voxels };
  });
}
