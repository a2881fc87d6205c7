import sharp from 'sharp';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly pixels: Uint8Array;
}

/** Values 0..1 as 8-bit pixels; what lies outside is clipped, NaN becomes black. */
export function toPixels(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value || 0))));
}

/**
 * A picture as PNG.
 *
 * @param pixels [height, width, channels], channels 1, 3 or 4 by its length.
 * @param compressionLevel of zlib: 9 for what is kept, 1 for what is looked at once.
 */
export async function encodePng(
  pixels: Uint8Array,
  width: number,
  height: number,
  compressionLevel = 9,
): Promise<Uint8Array> {
  const channels = pixels.length / (width * height);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new RangeError(`${pixels.length} values for a picture of ${width} x ${height}`);
  }
  return sharp(pixels, { raw: { width, height, channels } }).png({ compressionLevel }).toBuffer();
}

export interface ImageGridOptions {
  /** Size of each image in pixels. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** Pixels between and around the images, default 2. */
  readonly gap?: number;
  /** Red, green, blue, default white. */
  readonly background?: readonly [number, number, number];
}

/**
 * Images side by side in one picture, row by row.
 *
 * @param images each [height, width, 3]; null leaves its place empty.
 */
export function imageGrid(images: readonly (Uint8Array | null)[], options: ImageGridOptions): Picture {
  const { width, height, columns, gap = 2, background = [255, 255, 255] } = options;
  const rows = Math.max(1, Math.ceil(images.length / columns));
  const totalWidth = columns * (width + gap) + gap;
  const totalHeight = rows * (height + gap) + gap;
  const pixels = new Uint8Array(totalWidth * totalHeight * 3);
  for (let index = 0; index < pixels.length; index += 1) pixels[index] = background[index % 3];
  images.forEach((image, position) => {
    if (image === null) return;
    if (image.length !== width * height * 3)
      throw new RangeError(`image ${position} is not ${width} x ${height} x 3`);
    const left = gap + (position % columns) * (width + gap);
    const top = gap + Math.floor(position / columns) * (height + gap);
    for (let y = 0; y < height; y += 1) {
      pixels.set(image.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * totalWidth + left) * 3);
    }
  });
  return { width: totalWidth, height: totalHeight, pixels };
}
