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
    meanA += a[i] / a.length;
    meanB += b[i] / b.length;
  }
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

const sigma = 1.5;
/** Truncated at 3.5 sigma: 11 x 11 pixels. */
const radius = Math.floor(3.5 * sigma + 0.5);

const weights = (() => {
  const raw = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
})();

/**
 * The structural similarity index (Wang et al. 2004), on grey values (Rec. 601 luma of three channels): Gaussian
 * weights of sigma 1.5 over 11 x 11 pixels, K1 0.01, K2 0.03, data range 1, population covariance, averaged over
 * the pixels whose window lies inside the image. The same as scikit-image's `structural_similarity` with
 * `gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1`.
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
  if (channels !== 1 && channels !== 3) throw new RangeError(`Images of ${channels} channels, not 1 or 3`);
  const expected = width * height * channels;
  if (a.length !== expected || b.length !== expected) {
    throw new RangeError(
      `${a.length} and ${b.length} values for images of ${width} x ${height} x ${channels}`,
    );
  }
  if (Math.min(width, height) < 2 * radius + 1) {
    throw new RangeError(
      `Images of ${width} x ${height} pixels are smaller than the window of ${2 * radius + 1}`,
    );
  }
  const x = luma(a, channels);
  const y = luma(b, channels);
  const product = (p: Float64Array, q: Float64Array) => p.map((value, i) => value * q[i]);
  const local = (values: Float64Array) => smoothInside(values, width, height);
  const meanX = local(x);
  const meanY = local(y);
  const xx = local(product(x, x));
  const yy = local(product(y, y));
  const xy = local(product(x, y));
  const c1 = 0.01 ** 2;
  const c2 = 0.03 ** 2;
  let sum = 0;
  for (let i = 0; i < meanX.length; i += 1) {
    const mx = meanX[i];
    const my = meanY[i];
    const variances = xx[i] - mx * mx + (yy[i] - my * my);
    const covariance = xy[i] - mx * my;
    sum += ((2 * mx * my + c1) * (2 * covariance + c2)) / ((mx * mx + my * my + c1) * (variances + c2));
  }
  return sum / meanX.length;
}

function luma(image: ArrayLike<number>, channels: number): Float64Array {
  if (channels === 1) return Float64Array.from(image);
  return Float64Array.from(
    { length: image.length / 3 },
    (_, i) => 0.299 * image[3 * i] + 0.587 * image[3 * i + 1] + 0.114 * image[3 * i + 2],
  );
}

/** Weighted means over windows that lie inside: [height - 2 radius, width - 2 radius]. */
function smoothInside(values: Float64Array, width: number, height: number): Float64Array {
  const outWidth = width - 2 * radius;
  const outHeight = height - 2 * radius;
  const rows = new Float64Array(height * outWidth);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < outWidth; column += 1) {
      let sum = 0;
      for (let k = 0; k < weights.length; k += 1) sum += weights[k] * values[row * width + column + k];
      rows[row * outWidth + column] = sum;
    }
  }
  const out = new Float64Array(outHeight * outWidth);
  for (let row = 0; row < outHeight; row += 1) {
    for (let column = 0; column < outWidth; column += 1) {
      let sum = 0;
      for (let k = 0; k < weights.length; k += 1) sum += weights[k] * rows[(row + k) * outWidth + column];
      out[row * outWidth + column] = sum;
    }
  }
  return out;
}
