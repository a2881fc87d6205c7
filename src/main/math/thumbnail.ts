/**
 * A picture shrunk to n x n mean colours: what is left of it under another encoding, size or sharpness.
 *
 * @param pixels [size, size, 3], 0..255
 * @param n cells a side, at most `size`; their borders fall on whole pixels
 * @returns [n, n, 3]
 * @throws RangeError where n is larger than the picture
 */
export function thumbnail(pixels: Uint8Array, size: number, n: number): Float32Array {
  if (n > size) throw new RangeError(`A picture of ${size} pixels has no ${n} cells a side`);
  const result = new Float32Array(n * n * 3);
  for (let row = 0; row < n; row++) {
    const [top, bottom] = [Math.floor((row * size) / n), Math.floor(((row + 1) * size) / n)];
    for (let column = 0; column < n; column++) {
      const [left, right] = [Math.floor((column * size) / n), Math.floor(((column + 1) * size) / n)];
      const to = (row * n + column) * 3;
      const count = (bottom - top) * (right - left);
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          for (let c = 0; c < 3; c++) result[to + c] += pixels[(y * size + x) * 3 + c] / count;
        }
      }
    }
  }
  return result;
}
