import { FusiformError } from '../../shared/errors.ts';

/** Face images as bytes: RGB, square, one size, row-major from the top left. */
export interface ImageSet {
  readonly count: number;
  /** Width and height in pixels. */
  readonly size: number;
  /**
   * One image, `[size, size, 3]`, 0..255: a view of memory or of a mapped file, never to be written.
   *
   * @throws RangeError where there is no such image.
   */
  image(index: number): Uint8Array;
}

/**
 * Images in memory.
 *
 * @param pixels `[count, size, size, 3]`, 0..255; kept, not copied.
 * @throws FusiformError `IMAGE_SIZE_MISMATCH` where the length is no whole number of images.
 */
export function imageSetOf(pixels: Uint8Array, size: number): ImageSet {
  const length = imageLength(size);
  const count = countImages(pixels, size);
  return {
    count,
    size,
    image: (index) => {
      assertIndex(index, count);
      return pixels.subarray(index * length, (index + 1) * length);
    },
  };
}

/** Some of the images, in the order asked for (repeats allowed), without copying. */
export function selectImages(images: ImageSet, positions: ArrayLike<number>): ImageSet {
  return {
    count: positions.length,
    size: images.size,
    image: (index) => {
      assertIndex(index, positions.length);
      return images.image(positions[index]);
    },
  };
}

/** The images at positions `from` up to but not including `to`, copied: `[to - from, size, size, 3]`. */
export function gatherImages(images: ImageSet, from = 0, to = images.count): Uint8Array {
  const length = imageLength(images.size);
  const pixels = new Uint8Array((to - from) * length);
  for (let index = from; index < to; index++) pixels.set(images.image(index), (index - from) * length);
  return pixels;
}

/**
 * The images as they are, or averaged over whole blocks of pixels, each when it is asked for.
 *
 * @throws FusiformError `FACES_SIZE_MISMATCH` where `size` does not divide the images' own.
 */
export function imagesAtSize(images: ImageSet, size: number): ImageSet {
  if (images.size === size) return images;
  const factor = images.size / size;
  if (!Number.isInteger(factor)) {
    throw new FusiformError(
      'FACES_SIZE_MISMATCH',
      `The faces were imported at ${images.size} pixels; the model needs ${size} or a multiple of it.`,
    );
  }
  return { count: images.count, size, image: (index) => averageBlocks(images.image(index), size, factor) };
}

/** `[size * factor, size * factor, 3]` -> `[size, size, 3]` */
function averageBlocks(from: Uint8Array, size: number, factor: number): Uint8Array {
  const pixels = new Uint8Array(imageLength(size));
  const rowStride = size * factor * 3;
  const area = factor * factor;
  let out = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let dy = 0; dy < factor; dy++) {
          let at = (y * factor + dy) * rowStride + x * factor * 3 + channel;
          for (let dx = 0; dx < factor; dx++, at += 3) sum += from[at];
        }
        pixels[out++] = Math.round(sum / area);
      }
    }
  }
  return pixels;
}

/** Number of images in `pixels`. @throws FusiformError `IMAGE_SIZE_MISMATCH` where it is not whole. */
export function countImages(pixels: Uint8Array, imageSize: number): number {
  const length = imageLength(imageSize);
  if (pixels.length % length === 0) return pixels.length / length;
  throw new FusiformError(
    'IMAGE_SIZE_MISMATCH',
    `${pixels.length} bytes are no whole number of ${imageSize} x ${imageSize} RGB images`,
  );
}

/** Bytes of an image. */
function imageLength(size: number): number {
  return size * size * 3;
}

function assertIndex(index: number, count: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < count)) {
    throw new RangeError(`There is no image ${index} in a set of ${count}`);
  }
}
