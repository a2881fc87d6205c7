import { readVolume } from '../formats/nifti/read.ts';
import type { Grid } from './grid.ts';
import { type Mask, maskOnGrid } from './mask.ts';

/**
 * Reads a mask image for images on `grid`.
 *
 * @throws FusiformError MASK_GRID_MISMATCH, MASK_EMPTY, and what reading a NIfTI file throws.
 */
export async function loadMask(path: string, grid: Grid): Promise<Mask> {
  return maskOnGrid(await readVolume(path), grid, path);
}
