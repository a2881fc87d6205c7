/**
 * Images at another size, by linear interpolation between pixel centres, borders continued, without smoothing beforehand:
 * PyTorch's `interpolate(mode='bilinear', align_corners=False)`, OpenCV's `INTER_LINEAR`.
 *
 * @param images [n, height, width, channels] with values of any range
 * @returns [n, toHeight, toWidth, channels]; the images themselves where the size is theirs
 * @throws RangeError when the shapes do not fit
 */
export function resizeBilinear(
  images: Float32Array,
  [height, width]: readonly [height: number, width: number],
  [toHeight, toWidth]: readonly [height: number, width: number],
  channels = 3,
): Float32Array {
  const stride = height * width * channels;
  const n = images.length / stride;
  if (!Number.isInteger(n) || toHeight < 1 || toWidth < 1) {
    throw new RangeError(`${images.length} values are no images of ${height} x ${width} x ${channels}`);
  }
  if (height === toHeight && width === toWidth) return images;
  const rows = neighbours(height, toHeight);
  const columns = neighbours(width, toWidth);
  const out = new Float32Array(n * toHeight * toWidth * channels);
  let at = 0;
  for (let image = 0; image < n; image += 1) {
    for (const [above, below, down] of rows) {
      const [top, bottom] = [
        image * stride + above * width * channels,
        image * stride + below * width * channels,
      ];
      for (const [left, right, across] of columns) {
        for (let channel = 0; channel < channels; channel += 1) {
          const [l, r] = [left * channels + channel, right * channels + channel];
          const upper = images[top + l] * (1 - across) + images[top + r] * across;
          const lower = images[bottom + l] * (1 - across) + images[bottom + r] * across;
          out[at] = upper * (1 - down) + lower * down;
          at += 1;
        }
      }
    }
  }
  return out;
}

/** For each place of the new axis the two old ones beside it, and how far it is on the way to the second. */
function neighbours(from: number, to: number): (readonly [number, number, number])[] {
  return Array.from({ length: to }, (_, place) => {
    const position = Math.max(0, ((place + 0.5) * from) / to - 0.5);
    const first = Math.min(from - 1, Math.floor(position));
    return [first, Math.min(from - 1, first + 1), Math.min(1, position - first)] as const;
  });
}
