import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import { readNpyFile } from '../../formats/npy/npy.ts';
import { readTable, type Table } from '../../formats/tsv/table.ts';
import type { ImageSet } from '../../generative/latent-model.ts';

const descriptionSchema = z.object({ imageSize: z.number().int(), count: z.number().int() });

/** An imported set of faces: their names, what is known of them, and their pixels. */
export interface FaceSet {
  /** Paths below the imported folder, in the order of the pixels. */
  readonly files: readonly string[];
  readonly table: Table;
  readonly images: ImageSet;
}

/** The files of a face set's artefact. */
export const faceSetFiles = { pixels: 'pixels.npy', table: 'faces.tsv', description: 'faces.json' } as const;

export async function readFaceSet(folder: string): Promise<FaceSet> {
  const { imageSize, count } = descriptionSchema.parse(
    await readJsonFile(join(folder, faceSetFiles.description)),
  );
  const table = await readTable(join(folder, faceSetFiles.table));
  const pixels = await readNpyFile(join(folder, faceSetFiles.pixels));
  if (!(pixels.data instanceof Uint8Array)) throw new TypeError('The pixels of a face set are uint8.');
  return {
    files: table.rows.map((row) => row.values.file),
    table,
    images: { count, size: imageSize, pixels: pixels.data },
  };
}

/** The images at a model's size: as they are, or averaged over whole blocks of pixels. */
export function imagesAtSize(images: ImageSet, size: number): ImageSet {
  if (images.size === size) return images;
  const factor = images.size / size;
  if (!Number.isInteger(factor)) {
    throw new FusiformError(
      'FACES_SIZE_MISMATCH',
      `The faces were imported at ${images.size} pixels; the model needs ${size} or a multiple of it.`,
    );
  }
  const from = images.pixels;
  const pixels = new Uint8Array(images.count * size * size * 3);
  const rowStride = images.size * 3;
  const area = factor * factor;
  let out = 0;
  for (let image = 0; image < images.count; image++) {
    const start = image * images.size * rowStride;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let dy = 0; dy < factor; dy++) {
            let at = start + (y * factor + dy) * rowStride + x * factor * 3 + channel;
            for (let dx = 0; dx < factor; dx++, at += 3) sum += from[at];
          }
          pixels[out++] = Math.round(sum / area);
        }
      }
    }
  }
  return { count: images.count, size, pixels };
}

/** Some of the images, in the order asked for. */
export function pickImages(images: ImageSet, positions: ArrayLike<number>): ImageSet {
  const stride = images.size * images.size * 3;
  const pixels = new Uint8Array(positions.length * stride);
  for (let i = 0; i < positions.length; i++) {
    const start = positions[i] * stride;
    pixels.set(images.pixels.subarray(start, start + stride), i * stride);
  }
  return { count: positions.length, size: images.size, pixels };
}
