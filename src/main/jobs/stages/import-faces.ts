import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { decodeFace } from '../../formats/image/decode.ts';
import { writeNpyFile } from '../../formats/npy/npy.ts';
import { readTable, type Table, type TableRow } from '../../formats/tsv/table.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { defineStage } from '../stage.ts';
import { faceSetFiles } from './face-set.ts';

/** Images decoded at a time: enough to keep the decoder's threads busy, few enough to bound memory. */
const imagesAtOnce = 16;

const parameters = z.strictObject({
  imageSize: z.number().int().min(8).max(1024),
  /** Share of the centre square that is kept. Paper: 0.8. */
  crop: z.number().gt(0).max(1),
  /** The images, as paths below the input folder, in order. */
  files: z.array(z.string()).min(1),
});

/** Folder of images (input `images`), optionally a table of labels (input `labels`) -> pixels and names. */
export const importFacesStage = defineStage({
  name: 'import-faces',
  version: 1,
  parameters,
  async run({ imageSize, crop, files }, context) {
    const problems: Problem[] = [];
    const stride = imageSize * imageSize * 3;
    const pixels = new Uint8Array(files.length * stride);
    const kept: string[] = [];
    for (let start = 0; start < files.length; start += imagesAtOnce) {
      context.signal.throwIfAborted();
      const batch = files.slice(start, start + imagesAtOnce);
      const decoded = await Promise.all(
        batch.map((file) =>
          decodeFace(join(context.inputs.images, file), imageSize, { crop }).catch((error: unknown) => {
            if (!(error instanceof FusiformError)) throw error;
            problems.push(error.toProblem());
            return null;
          }),
        ),
      );
      decoded.forEach((face, index) => {
        if (face === null) return;
        pixels.set(face, kept.length * stride);
        kept.push(batch[index]);
      });
      context.report({
        done: Math.min(start + imagesAtOnce, files.length),
        total: files.length,
        unit: 'images',
      });
    }
    if (kept.length === 0) {
      throw new FusiformError('FACES_NONE_READABLE', `None of the ${files.length} images can be read.`, {
        file: context.inputs.images,
        details: { problems },
      });
    }
    const labels = context.inputs.labels
      ? matchLabels(await readTable(context.inputs.labels), kept, problems)
      : labelsFromFolders(kept);
    const { outDir } = context;
    await writeNpyFile(join(outDir, faceSetFiles.pixels), {
      shape: [kept.length, imageSize, imageSize, 3],
      data: pixels.subarray(0, kept.length * stride),
    });
    await writeTsvFile(
      join(outDir, faceSetFiles.table),
      ['file', ...labels.columns],
      kept.map((file, index) => [file, ...labels.rows[index]]),
    );
    const description = { count: kept.length, imageSize, crop, labels: labels.columns };
    await writeFileAtomic(join(outDir, faceSetFiles.description), JSON.stringify(description, null, 2));
    return { summary: { ...description, unreadable: files.length - kept.length }, problems };
  },
});

interface Labels {
  readonly columns: readonly string[];
  /** One row an image. */
  readonly rows: readonly (readonly string[])[];
}

/** Names that label tables give to the column of image names; else it is the first column. */
const fileColumns = ['file', 'filename', 'file_name', 'image', 'image_id', 'stim_file', 'stimulus', 'name'];
const noLabel = 'n/a';

/** Rows find their image by the path below the folder, or by the bare file name where that is unique. */
function matchLabels(table: Table, files: readonly string[], problems: Problem[]): Labels {
  const fileColumn =
    table.columns.find((name) => fileColumns.includes(name.toLowerCase())) ?? table.columns[0];
  const columns = table.columns.filter((name) => name !== fileColumn);
  const byFile = new Map<string, TableRow>();
  const known = namesOf(files);
  for (const row of table.rows) {
    const name = row.values[fileColumn].replace(/^\.?\//, '');
    const file = known.get(name);
    if (file === undefined) {
      problems.push(
        new FusiformError(
          'LABELS_UNKNOWN_IMAGE',
          `The label names "${name}", which is not among the images.`,
          {
            file: table.file,
            line: row.line,
          },
        ).toProblem(),
      );
    } else byFile.set(file, row);
  }
  if (byFile.size === 0) {
    throw new FusiformError(
      'LABELS_MATCH_NONE',
      `No row names one of the ${files.length} images (looked in column "${fileColumn}", e.g. "${table.rows[0]?.values[fileColumn] ?? ''}"; an image is named "${files[0]}").`,
      { file: table.file, line: table.rows[0]?.line ?? 1 },
    );
  }
  const rows = files.map((file) => {
    const row = byFile.get(file);
    return columns.map((column) => row?.values[column] ?? noLabel);
  });
  return { columns, rows };
}

function namesOf(files: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  const shared = new Set<string>();
  for (const file of files) {
    const base = file.slice(file.lastIndexOf('/') + 1);
    if (names.has(base)) shared.add(base);
    names.set(base, file);
  }
  for (const base of shared) names.delete(base);
  for (const file of files) names.set(file, file);
  return names;
}

/** Images sorted into folders are labelled by them, as `folder`. */
function labelsFromFolders(files: readonly string[]): Labels {
  const folders = files.map((file) => file.slice(0, Math.max(0, file.lastIndexOf('/'))));
  return new Set(folders).size > 1
    ? { columns: ['folder'], rows: folders.map((folder) => [folder || '.']) }
    : { columns: [], rows: files.map(() => []) };
}
