import { structuralSimilarity } from './structural-similarity.ts';

/** How alike two images are. Pixels are row-major, channels last, values in 0..1. */

/**
 * PixCorr: Pearson's correlation over all values of both images, channels included. 0 where either image is
 * of one value throughout (the correlation is not defined; such an image tells nothing).
 *
 * @throws RangeError when the lengths differ.
 */
export function pixCorr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`Images of ${a.length} and ${b.length} values`);
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < a.length; i += 1) {
    meanA += a[i];
    meanB += b[i];
  }
  meanA /= a.length;
  meanB /= b.length;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i] - meanA;
    const y = b[i] - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  // Rounding leaves about 1e-32 a value of the variance of a constant.
  const negligible = 1e-28 * a.length;
  return aa > negligible && bb > negligible ? ab / Math.sqrt(aa * bb) : 0;
}

/**
 * The structural similarity index of two images, over the pixels whose window lies inside them: `inside` of
 * `structuralSimilarity`, which compares many.
 *
 * @param a [height, width, channels], 0..1.
 * @param channels 1 or 3.
 * @throws RangeError when the sizes do not fit, or a side is shorter than the window.
 */
export function ssim(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
): number {
  return structuralSimilarity(width, height, channels)(a, b).inside;
}
