import type { Volume } from '../formats/nifti/space.ts';
import { type Grid, voxelCount } from './grid.ts';

export type { Volume } from '../formats/nifti/space.ts';

/** A volume of one value everywhere. */
export function filledVolume(grid: Grid, value = 0): Volume {
  const data = new Float32Array(voxelCount(grid));
  if (value !== 0) data.fill(value);
  return { grid, data };
}
