/** Differences of brightness below this many of 255 levels are noise of the encoder, not drawing. */
const deadZone = 2;
const columns = 9;
const rows = 8;

/**
 * A picture's outline in 64 bits ("dHash"): of a grid of 9 x 8 mean brightnesses (Rec. 601 luma), whether each is
 * brighter than its left neighbour by more than two levels. Scaling, re-encoding and a change of brightness leave
 * nearly all bits as they are.
 *
 * @param pixels [size, size, 3], 0..255; size at least 9.
 * @returns two words of 32 bits, rows 0 to 3 and rows 4 to 7
 */
export function differenceHash(pixels: Uint8Array, size: number): [number, number] {
  const words: [number, number] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const top = Math.floor((row * size) / rows);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * size) / rows));
    let before = 0;
    for (let column = 0; column < columns; column++) {
      const left = Math.floor((column * size) / columns);
      const right = Math.max(left + 1, Math.floor(((column + 1) * size) / columns));
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = (y * size + left) * 3; at < (y * size + right) * 3; at += 3) {
          sum += 299 * pixels[at] + 587 * pixels[at + 1] + 114 * pixels[at + 2];
        }
      }
      const mean = sum / (1000 * (bottom - top) * (right - left));
      if (column > 0) {
        const word = row < rows / 2 ? 0 : 1;
        words[word] = ((words[word] << 1) | (mean - before > deadZone ? 1 : 0)) >>> 0;
      }
      before = mean;
    }
  }
  return words;
}
