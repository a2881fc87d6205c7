import { encodePng } from '../../formats/image/encode.ts';

/**
 * Numbers as a grey picture, a pixel each: `from` and less is black, `to` and more is white.
 *
 * @param values [height, width]
 */
export function greyPicture(
  values: ArrayLike<number>,
  width: number,
  height: number,
  [from, to]: readonly [number, number],
): Promise<Uint8Array> {
  const pixels = new Uint8Array(width * height);
  const scale = 255 / (to - from);
  for (let at = 0; at < pixels.length; at += 1) {
    pixels[at] = Math.round(Math.min(255, Math.max(0, (values[at] - from) * scale)));
  }
  return encodePng(pixels, width, height);
}
