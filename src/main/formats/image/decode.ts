import sharp, { type Metadata, type Sharp } from 'sharp';
import { FusiformError } from '../../../shared/errors.ts';
import { readFileChecked } from '../files/read.ts';

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

/** A picture larger than this is a mistake or an attack: 16,384 x 16,384 pixels. */
const maximumPixels = 2 ** 28;

/**
 * Reads a picture of a face the way the paper prepares its training faces: the centre square, of that the central
 * `crop` (0.8), resized to `size` x `size` (Lanczos).
 *
 * The camera's orientation is applied; grey, 16-bit and CMYK pictures become 8-bit sRGB; transparent parts become
 * white; of an animation the first frame is taken.
 *
 * @returns [size, size, 3]
 * @throws FusiformError IMAGE_UNREADABLE with the reason, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function decodeFace(
  path: string,
  size: number,
  options: DecodeFaceOptions = {},
): Promise<Uint8Array> {
  const crop = options.crop ?? 0.8;
  if (!(crop > 0 && crop <= 1)) throw new RangeError(`crop must be above 0 and at most 1, not ${crop}`);
  const image = openImage(await readFileChecked(path));
  try {
    const { width, height } = orientedSize(await image.metadata());
    const side = Math.max(1, Math.round(Math.min(width, height) * crop));
    const left = Math.floor((width - side) / 2);
    const top = Math.floor((height - side) / 2);
    const { data, info } = await toRgb(image.autoOrient().extract({ left, top, width: side, height: side }))
      .resize(size, size, { fit: 'fill' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return asThreeChannels(data, info.channels);
  } catch (error) {
    throw asImageError(error, path);
  }
}

/**
 * Reads a whole picture as 8-bit sRGB.
 *
 * @returns pixels [height, width, 3]
 * @throws FusiformError IMAGE_UNREADABLE, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
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

/** A cut or damaged file is refused, not filled up with grey; mere oddities of the metadata are let pass. */
function openImage(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: maximumPixels, failOn: 'error' });
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
  if (!(error instanceof Error) || error instanceof RangeError) return error;
  const reason = error.message.split('\n')[0].replace(/\.$/, '');
  return new FusiformError('IMAGE_UNREADABLE', `The image cannot be decoded: ${reason}.`, {
    file,
    cause: error,
  });
}
