import { FusiformError, type Problem } from '../../shared/errors.ts';
import { readVolume } from '../formats/nifti/read.ts';
import { type Grid, gridMismatchMessage, sameGrid } from './grid.ts';
import { type Mask, maskFromVolume } from './mask.ts';
import { resampleVolume } from './resample.ts';
import { filledVolume, type Volume } from './volume.ts';

/** What the values of an image say of a voxel's belonging. */
export type MaskValues =
  /** 0 or not 0. */
  | 'binary'
  /** A probability or share from 0 to 1, such as fMRIPrep's `_probseg` images and SPM's `c1` images. */
  | 'probability';

export interface LoadedMask {
  readonly mask: Mask;
  readonly values: MaskValues;
  /** MASK_RESAMPLED where the image lies on another grid. */
  readonly problems: readonly Problem[];
}

/** Of a probability map, the voxels that are more likely inside than outside. */
export const defaultThreshold = 0.5;

/**
 * Reads a mask for images on `grid`. An image of probabilities is cut at `threshold`. One on another grid is resampled
 * and listed as such: probabilities trilinear, then cut; other masks by the nearest voxel.
 *
 * @param threshold voxels of at least this probability belong; default 0.5.
 * @throws FusiformError MASK_GRID_MISMATCH where the image does not reach into the grid at all, MASK_EMPTY where it
 *   selects no voxel, and what reading a NIfTI file throws.
 */
export async function loadMask(path: string, grid: Grid, threshold = defaultThreshold): Promise<LoadedMask> {
  const volume = await readVolume(path);
  const values = isProbability(volume.data) ? 'probability' : 'binary';
  const { resampled, problems } = onGrid(volume, grid, values === 'binary' ? 'nearest' : 'linear', path);
  const mask = maskFromVolume(values === 'binary' ? resampled : cut(resampled, threshold));
  if (mask.indices.length === 0) {
    const reason =
      values === 'binary'
        ? 'all its values are zero or not finite'
        : `no value reaches the threshold of ${threshold}`;
    const where = problems.length > 0 ? ' on the grid of the images' : '';
    throw new FusiformError('MASK_EMPTY', `The mask selects no voxel${where}: ${reason}.`, { file: path });
  }
  return { mask: { grid, indices: mask.indices }, values, problems };
}

/**
 * A volume on the grid of the images, and a problem that says so where it had to be resampled.
 *
 * @throws FusiformError MASK_GRID_MISMATCH where it does not reach into the grid at all
 */
export function onGrid(
  volume: Volume,
  grid: Grid,
  interpolation: 'nearest' | 'linear',
  file: string,
): { resampled: Volume; problems: readonly Problem[] } {
  if (sameGrid(volume.grid, grid)) return { resampled: { grid, data: volume.data }, problems: [] };
  const difference = gridMismatchMessage(volume.grid, grid);
  const reach = resampleVolume(filledVolume(volume.grid, 1), grid, 'nearest');
  const reached = reach.data.reduce((sum, value) => sum + value, 0);
  if (reached === 0) {
    throw new FusiformError(
      'MASK_GRID_MISMATCH',
      `The image lies elsewhere than the images of the runs, and no voxel of theirs is in it: ${difference}.`,
      { file, details: { shape: volume.grid.shape, imageShape: grid.shape } },
    );
  }
  const share = Math.round((100 * reached) / reach.data.length);
  const note = new FusiformError(
    'MASK_RESAMPLED',
    `The image is on another grid than the runs (${difference}) and was resampled to theirs by ` +
      `${interpolation === 'nearest' ? 'nearest voxels' : 'trilinear interpolation'}; it covers ${share} % of it.`,
    { file, details: { interpolation, coveredVoxels: reached } },
  );
  return { resampled: resampleVolume(volume, grid, interpolation), problems: [note.toProblem()] };
}

/** Values from 0 to 1 with something between. Small overshoots are what interpolation leaves. */
function isProbability(data: Float32Array): boolean {
  let between = false;
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    if (value < -0.01 || value > 1.01) return false;
    if (value > 0.001 && value < 0.999) between = true;
  }
  return between;
}

function cut({ grid, data }: Volume, threshold: number): Volume {
  return { grid, data: data.map((value) => (value >= threshold ? 1 : 0)) };
}
