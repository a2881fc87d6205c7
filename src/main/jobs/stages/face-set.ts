import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from '../../formats/json/json.ts';
import { readNpyFile } from '../../formats/npy/npy.ts';
import { readTable, type Table } from '../../formats/tsv/table.ts';
import { type ImageSet, imageSetOf } from '../../generative/image-set.ts';

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
  const { imageSize } = descriptionSchema.parse(await readJsonFile(join(folder, faceSetFiles.description)));
  const table = await readTable(join(folder, faceSetFiles.table));
  const pixels = await readNpyFile(join(folder, faceSetFiles.pixels));
  if (!(pixels.data instanceof Uint8Array)) throw new TypeError('The pixels of a face set are uint8.');
  return {
    files: table.rows.map((row) => row.values.file),
    table,
    images: imageSetOf(pixels.data, imageSize),
  };
}
