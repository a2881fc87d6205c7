import sharp, { type Metadata, type Sharp } from 'sharp';
import { FusiformError } from '../../../shared/errors.ts';
import { readFileChecked } from '../files/read.ts';
import { centreSquare } from './centre-square.ts';
import { decodePlainJpeg } from './plain-jpeg.ts';

// Many small pictures are read at once, each on one thread: threads within a picture and a cache of what was read
// before only cost time then.
sharp.concurrency(1);
sharp.cache(false);

export interface DecodeFaceOptions {
  /** Share of the centre square that is kept. Default 0.8 (VanRullen & Reddy 2019, released code); 1 keeps all of it. */
  readonly crop?: number;
}

export interface ImageInfo {
  /** libvips's name: `png`, `jpeg`, `webp`, `gif`, `tiff`... */
  readonly format: string;
  /** As seen, after the camera's orientation was applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Type of a channel as stored: `uint8`, `uint16`... */
  readonly dtype: string;
  readonly hasAlpha: boolean;
  readonly pages: number;
}

/** A picture larger than this is a mistake or an attack: 11,585 x 11,585 pixels; cameras reach 102 million. */
const maximumPixels = 2 ** 27;
/** Fewer pixels a side show no face. */
const minimumSide = 8;
/** Pictures above this many pixels are decoded one at a time, so that several cannot fill the memory together. */
const largePicture = 2 ** 24;

/**
 * Reads a picture of a face from a file; see `decodeFaceBytes`.
 *
 * @throws FusiformError also FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function decodeFace(
  path: string,
  size: number,
  options: DecodeFaceOptions = {},
): Promise<Uint8Array> {
  return decodeFaceBytes(await readFileChecked(path), path, size, options);
}

/**
 * Decodes a picture of a face the way the paper prepares its training faces: the centre square, of that the central
 * `crop` (0.8), resized to `size` x `size` (Lanczos, three lobes).
 *
 * The camera's orientation is applied; grey, palette, 16-bit and CMYK pictures and those with a colour profile become
 * 8-bit sRGB; transparent parts become white; of an animation the first frame is taken.
 *
 * @param file what the errors name.
 * @returns [size, size, 3]
 * @throws FusiformError IMAGE_UNREADABLE with the reason, IMAGE_TOO_SMALL, IMAGE_TOO_LARGE, FILE_EMPTY
 */
export async function decodeFaceBytes(
  bytes: Uint8Array,
  file: string,
  size: number,
  options: DecodeFaceOptions = {},
): Promise<Uint8Array> {
  const crop = options.crop ?? 0.8;
  if (!(crop > 0 && crop <= 1)) throw new RangeError(`crop must be above 0 and at most 1, not ${crop}`);
  if (bytes.length === 0) throw new FusiformError('FILE_EMPTY', 'The file is empty (0 bytes).', { file });
  const plain = await decodePlainJpeg(bytes, size, crop);
  if (plain !== null) return plain;
  try {
    const { width, height } = orientedSize(await openImage(bytes).metadata());
    assertUsableSize(width, height, file);
    const decode = async () => {
      const { left, top, side } = centreSquare(width, height, crop);
      const upright = openImage(bytes).autoOrient().extract({ left, top, width: side, height: side });
      const { data, info } = await toRgb(upright)
        .resize(size, size, { fit: 'fill' })
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      return asThreeChannels(data, info.channels);
    };
    return await (width * height > largePicture ? takeTurn(decode) : decode());
  } catch (error) {
    throw asImageError(error, file);
  }
}

function assertUsableSize(width: number, height: number, file: string): void {
  if (Math.min(width, height) < minimumSide) {
    throw new FusiformError(
      'IMAGE_TOO_SMALL',
      `The image has ${width} x ${height} pixels; at least ${minimumSide} each way are needed.`,
      { file },
    );
  }
  if (width * height > maximumPixels) throw tooLarge(file, `${width} x ${height}`);
}

function tooLarge(file: string, given = 'too many', cause?: unknown): FusiformError {
  return new FusiformError(
    'IMAGE_TOO_LARGE',
    `The image has ${given} pixels; at most ${maximumPixels} are read.`,
    { file, cause },
  );
}

let lastTurn: Promise<unknown> = Promise.resolve();

/** Runs one task after the other. */
function takeTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(task);
  lastTurn = turn.catch(() => undefined);
  return turn;
}

/**
 * Reads a whole picture as 8-bit sRGB.
 *
 * @returns pixels [height, width, 3]
 * @throws FusiformError IMAGE_UNREADABLE, IMAGE_TOO_LARGE, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function decodeImage(
  path: string,
): Promise<{ width: number; height: number; pixels: Uint8Array }> {
  const image = openImage(await readFileChecked(path));
  try {
    const { data, info } = await toRgb(image.autoOrient())
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: asThreeChannels(data, info.channels) };
  } catch (error) {
    throw asImageError(error, path);
  }
}

/**
 * What a picture's header says; its pixels are not decoded.
 *
 * @throws FusiformError IMAGE_UNREADABLE, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function probeImage(path: string): Promise<ImageInfo> {
  const bytes = await readFileChecked(path);
  try {
    const metadata = await openImage(bytes).metadata();
    return {
      format: metadata.format,
      ...orientedSize(metadata),
      channels: metadata.channels,
      dtype: depthNames[metadata.depth] ?? metadata.depth,
      hasAlpha: metadata.hasAlpha,
      pages: metadata.pages ?? 1,
    };
  } catch (error) {
    throw asImageError(error, path);
  }
}

const depthNames: Readonly<Record<string, string>> = {
  uchar: 'uint8',
  ushort: 'uint16',
  float: 'float32',
  char: 'int8',
  short: 'int16',
};

/**
 * A cut or damaged file is refused, not filled up with grey; mere oddities of the metadata are let pass. Reading from
 * top to bottom keeps a few rows of a large picture in memory instead of all.
 */
function openImage(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: maximumPixels, failOn: 'error', sequentialRead: true });
}

function toRgb(image: Sharp): Sharp {
  return image.flatten({ background: '#ffffff' }).toColourspace('srgb').removeAlpha();
}

function orientedSize(metadata: Metadata): { width: number; height: number } {
  return { width: metadata.autoOrient.width, height: metadata.autoOrient.height };
}

function asThreeChannels(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel += 1) rgb.fill(data[pixel * channels], pixel * 3, pixel * 3 + 3);
  return rgb;
}

function asImageError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof RangeError || error instanceof FusiformError)
    return error;
  if (/pixel limit/i.test(error.message)) return tooLarge(file, undefined, error);
  const reason = error.message.split('\n')[0].replace(/\.$/, '');
  return new FusiformError('IMAGE_UNREADABLE', `The image cannot be decoded: ${reason}.`, {
    file,
    cause: error,
  });
}
