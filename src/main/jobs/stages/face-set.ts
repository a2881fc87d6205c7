import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import { type MapFile, openNpyRows } from '../../formats/npy/rows.ts';
import { readTable, type Table } from '../../formats/tsv/table.ts';
import type { ImageSet } from '../../generative/image-set.ts';

const whole = z.number().int().nonnegative();

/** What an import found. Sets that an older version imported told less; what they did not count is 0. */
const descriptionSchema = z.object({
  imageSize: z.number().int().positive(),
  count: z.number().int().positive(),
  crop: z.number(),
  labels: z.array(z.string()),
  labelTables: z
    .array(z.object({ file: z.string(), columns: whole, rows: whole, matched: whole }))
    .default([]),
  rejected: whole.default(0),
  duplicates: z
    .object({ groups: whole, sameFile: whole, samePixels: whole, near: whole, dropped: whole })
    .default({ groups: 0, sameFile: 0, samePixels: 0, near: 0, dropped: 0 }),
});
export type FaceSetDescription = z.output<typeof descriptionSchema>;

/** An imported set of faces: their names, what is known of them, and their pixels. */
export interface FaceSet {
  /** Paths below the imported folder, in the order of the pixels. */
  readonly files: readonly string[];
  readonly table: Table;
  /** Views of a mapped file, so that a set of any size costs address space, not memory. */
  readonly images: ImageSet;
  /** Why the images are read one by one instead; null where they are mapped. */
  readonly whyNotMapped: string | null;
  /** Gives the file back; without it that happens once nothing reaches the images any more. */
  close(): void;
}

/** The files of a face set's artefact. */
export const faceSetFiles = {
  pixels: 'pixels.npy',
  table: 'faces.tsv',
  description: 'faces.json',
  duplicates: 'duplicates.tsv',
  rejected: 'rejected.tsv',
} as const;

export async function readFaceSetDescription(folder: string): Promise<FaceSetDescription> {
  return descriptionSchema.parse(await readJsonFile(join(folder, faceSetFiles.description)));
}

/** @throws FusiformError NPY_INVALID where the pixels are fewer or others than the description says */
export async function readFaceSet(folder: string, map?: MapFile): Promise<FaceSet> {
  const { imageSize, count } = await readFaceSetDescription(folder);
  const table = await readTable(join(folder, faceSetFiles.table));
  const path = join(folder, faceSetFiles.pixels);
  const pixels = await openNpyRows(path, map);
  const expected = [count, imageSize, imageSize, 3];
  if (pixels.shape.join() !== expected.join() || table.rows.length !== count) {
    pixels.close();
    throw new FusiformError(
      'NPY_INVALID',
      `The set should hold [${expected.join(', ')}] pixels and as many names, not [${pixels.shape.join(', ')}] and ${table.rows.length}.`,
      { file: path },
    );
  }
  return {
    files: table.rows.map((row) => row.values.file),
    table,
    images: { count, size: imageSize, image: pixels.row },
    whyNotMapped: pixels.whyNotMapped,
    close: pixels.close,
  };
}
