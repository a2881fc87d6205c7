const sigma = 1.5;
/** Truncated at 3.5 sigma: 11 x 11 pixels. */
const radius = Math.floor(3.5 * sigma + 0.5);

/** Of the middle and of the pixels at distance 1 to 5; with both sides they sum to 1. */
const [w0, w1, w2, w3, w4, w5] = (() => {
  const raw = Array.from({ length: radius + 1 }, (_, distance) => Math.exp(-0.5 * (distance / sigma) ** 2));
  const sum = 2 * raw.reduce((total, weight) => total + weight, 0) - raw[0];
  return raw.map((weight) => weight / sum);
})();

export interface StructuralSimilarity {
  /** Mean over the pixels whose window lies inside the image. */
  readonly inside: number;
  /** Mean over all pixels, the image being continued by its outermost ones. */
  readonly whole: number;
}

/** Compares images of one size; buffers are shared between calls. */
export type CompareStructure = (a: ArrayLike<number>, b: ArrayLike<number>) => StructuralSimilarity;

/**
 * The structural similarity index (Wang et al. 2004), on grey values (Rec. 601 luma of three channels): Gaussian
 * weights of sigma 1.5 over 11 x 11 pixels, K1 0.01, K2 0.03, data range 1, population covariance.
 *
 * `inside` is scikit-image's `structural_similarity` with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
 * data_range=1`; `whole` is MATLAB's `ssim` of grey images with its defaults. They differ at the borders alone.
 *
 * The weights are separable: columns, then rows, of four images: both, the sum of their squares (the formula needs no more
 * of the variances), and their product. float64.
 *
 * @param channels 1 or 3; images are [height, width, channels], 0..1
 * @returns a function of two images; it throws RangeError when their sizes do not fit
 * @throws RangeError for other channels, or when a side is shorter than the window
 */
export function structuralSimilarity(width: number, height: number, channels: number): CompareStructure {
  if (channels !== 1 && channels !== 3) throw new RangeError(`Images of ${channels} channels, not 1 or 3`);
  if (Math.min(width, height) < 2 * radius + 1) {
    throw new RangeError(
      `Images of ${width} x ${height} pixels are smaller than the window of ${2 * radius + 1}`,
    );
  }
  const expected = width * height * channels;
  const paddedLength = (width + 2 * radius) * (height + 2 * radius);
  const buffer = () => new Float64Array(paddedLength);
  const [x, y, squares, product, columns] = [buffer(), buffer(), buffer(), buffer(), buffer()];
  const local = () => new Float64Array(width * height);
  const [meanX, meanY, meanSquares, meanProduct] = [local(), local(), local(), local()];

  return (a, b) => {
    if (a.length !== expected || b.length !== expected) {
      throw new RangeError(
        `${a.length} and ${b.length} values for images of ${width} x ${height} x ${channels}`,
      );
    }
    padLuma(a, width, height, channels, x);
    padLuma(b, width, height, channels, y);
    for (let i = 0; i < paddedLength; i += 1) {
      squares[i] = x[i] * x[i] + y[i] * y[i];
      product[i] = x[i] * y[i];
    }
    smooth(x, width, height, columns, meanX);
    smooth(y, width, height, columns, meanY);
    smooth(squares, width, height, columns, meanSquares);
    smooth(product, width, height, columns, meanProduct);
    return meansOf(width, height, meanX, meanY, meanSquares, meanProduct);
  };
}

const c1 = 0.01 ** 2;
const c2 = 0.03 ** 2;

function meansOf(
  width: number,
  height: number,
  meanX: Float64Array,
  meanY: Float64Array,
  meanSquares: Float64Array,
  meanProduct: Float64Array,
): StructuralSimilarity {
  let all = 0;
  let inner = 0;
  for (let row = 0, i = 0; row < height; row += 1) {
    const rowInside = row >= radius && row < height - radius;
    for (let column = 0; column < width; column += 1, i += 1) {
      const mx = meanX[i];
      const my = meanY[i];
      const xy = mx * my;
      const xxyy = mx * mx + my * my;
      const index =
        ((2 * xy + c1) * (2 * (meanProduct[i] - xy) + c2)) / ((xxyy + c1) * (meanSquares[i] - xxyy + c2));
      all += index;
      if (rowInside && column >= radius && column < width - radius) inner += index;
    }
  }
  return {
    inside: inner / ((width - 2 * radius) * (height - 2 * radius)),
    whole: all / (width * height),
  };
}

/** Grey values [height + 2 radius, width + 2 radius], continued by the outermost pixels. */
function padLuma(
  image: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
  out: Float64Array,
): void {
  const stride = width + 2 * radius;
  for (let row = 0; row < height; row += 1) {
    const start = (row + radius) * stride + radius;
    for (let column = 0; column < width; column += 1) {
      const i = (row * width + column) * channels;
      out[start + column] =
        channels === 1 ? image[i] : 0.299 * image[i] + 0.587 * image[i + 1] + 0.114 * image[i + 2];
    }
    out.fill(out[start], start - radius, start);
    out.fill(out[start + width - 1], start + width, start + width + radius);
  }
  const last = (height + radius - 1) * stride;
  for (let row = 0; row < radius; row += 1) {
    out.copyWithin(row * stride, radius * stride, (radius + 1) * stride);
    out.copyWithin((height + radius + row) * stride, last, last + stride);
  }
}

/** Weighted means over 11 x 11 pixels of a padded image, [height, width]; `columns` is scratch. */
function smooth(
  padded: Float64Array,
  width: number,
  height: number,
  columns: Float64Array,
  out: Float64Array,
): void {
  const stride = width + 2 * radius;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0, i = row * stride; column < stride; column += 1, i += 1) {
      columns[i] =
        w0 * padded[i + 5 * stride] +
        w1 * (padded[i + 4 * stride] + padded[i + 6 * stride]) +
        w2 * (padded[i + 3 * stride] + padded[i + 7 * stride]) +
        w3 * (padded[i + 2 * stride] + padded[i + 8 * stride]) +
        w4 * (padded[i + stride] + padded[i + 9 * stride]) +
        w5 * (padded[i] + padded[i + 10 * stride]);
    }
  }
  for (let row = 0, at = 0; row < height; row += 1) {
    for (let column = 0, i = row * stride; column < width; column += 1, i += 1, at += 1) {
      out[at] =
        w0 * columns[i + 5] +
        w1 * (columns[i + 4] + columns[i + 6]) +
        w2 * (columns[i + 3] + columns[i + 7]) +
        w3 * (columns[i + 2] + columns[i + 8]) +
        w4 * (columns[i + 1] + columns[i + 9]) +
        w5 * (columns[i] + columns[i + 10]);
    }
  }
}
