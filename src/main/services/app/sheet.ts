import { encodePng, imageGrid } from '../../formats/image/encode.ts';

/** Pictures of one size side by side without gaps, as PNG: made fast rather than small, since it is looked at once. */
export function encodeSheet(
  images: readonly Uint8Array[],
  width: number,
  height: number,
  columns: number,
): Promise<Uint8Array> {
  const grid = imageGrid(images, { width, height, columns, gap: 0, background: [0, 0, 0] });
  return encodePng(grid.pixels, grid.width, grid.height, 1);
}
