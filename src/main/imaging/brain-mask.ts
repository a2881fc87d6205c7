import { FusiformError } from '../../shared/errors.ts';
import type { Mask } from './mask.ts';
import { type BinaryVolume, dilate, erode, largestComponent } from './morphology.ts';
import type { Volume } from './volume.ts';

export interface BrainMaskOptions {
  /** Shares of the sorted values between which the threshold is looked for. Defaults 0.2 and 0.85. */
  readonly lowerCutoff?: number;
  readonly upperCutoff?: number;
  /** Voxels by which thin bridges (to skull and eyes) are cut. Default 2. */
  readonly opening?: number;
}

/**
 * A brain mask from the mean of a run, for data that come without one.
 *
 * The method of nilearn's `compute_epi_mask` (T. Nichols' heuristic): the histogram of an EPI has air below and brain
 * above, so the threshold is put into the middle of the widest gap between neighbouring sorted values. Then erosion,
 * the largest connected part, dilation and erosion. On a grid so small that erosion leaves nothing, opening is left out.
 *
 * @param mean mean over time; voxels that are not finite are outside.
 * @throws FusiformError MASK_EMPTY when the values leave nothing to separate
 */
export function computeBrainMask(mean: Volume, options: BrainMaskOptions = {}): Mask {
  const { lowerCutoff = 0.2, upperCutoff = 0.85, opening = 2 } = options;
  const { grid, data } = mean;
  const threshold = largestGap(data.filter(Number.isFinite).sort(), lowerCutoff, upperCutoff);
  if (threshold === null) {
    throw new FusiformError(
      'MASK_EMPTY',
      'No brain mask can be computed: the values of the images are all equal.',
    );
  }
  const above = Uint8Array.from(data, (value) => (Number.isFinite(value) && value >= threshold ? 1 : 0));
  const eroded = erode(above, grid, opening);
  const mask: BinaryVolume = eroded.includes(1)
    ? erode(dilate(largestComponent(eroded, grid), grid, 2 * opening), grid, opening)
    : largestComponent(above, grid);
  const indices = Uint32Array.from({ length: mask.length }, (_, index) => index).filter(
    (index) => mask[index] === 1,
  );
  return { grid, indices };
}

/** The middle of the widest gap between neighbours in the given part of sorted values; null where all are equal. */
function largestGap(sorted: Float32Array, lowerCutoff: number, upperCutoff: number): number | null {
  const lower = Math.floor(lowerCutoff * sorted.length);
  const upper = Math.min(Math.floor(upperCutoff * sorted.length), sorted.length - 1);
  let widest = 0;
  let threshold: number | null = null;
  for (let index = lower; index < upper; index += 1) {
    const gap = sorted[index + 1] - sorted[index];
    if (gap > widest) {
      widest = gap;
      threshold = (sorted[index] + sorted[index + 1]) / 2;
    }
  }
  return threshold;
}
