import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { readTable, type Table } from '../../formats/tsv/table.ts';
import { faceSetFiles } from './face-set.ts';
import { type Latents, pickCodes } from './latents.ts';

/** Codes and what is known of the same faces, row by row. */
export interface LabelledCodes {
  readonly table: Table;
  /** The column of the table that names the faces. */
  readonly fileColumn: string;
  /** [table.rows, latentDim] */
  readonly codes: Float32Array;
  readonly latentDim: number;
}

/** Names that tables of labels give to the column of image names; else it is the first. */
const fileColumns = ['file', 'filename', 'file_name', 'image', 'image_id', 'stim_file', 'stimulus', 'name'];

/**
 * Brings codes and labels together by the names of the faces; faces without a label, and labels without a face, are
 * left out.
 *
 * @param labels the artefact of a face set, or a table with a column of file names.
 * @throws FusiformError LABELS_OF_ANOTHER_SET where no name is in both
 */
export async function joinLabels(latents: Latents, labels: string): Promise<LabelledCodes> {
  const isFolder = (await stat(labels)).isDirectory();
  const table = await readTable(isFolder ? join(labels, faceSetFiles.table) : labels);
  const fileColumn =
    table.columns.find((name) => fileColumns.includes(name.toLowerCase())) ?? table.columns[0];
  const positions = new Map(latents.files.map((file, at) => [file, at]));
  const bare = new Map(latents.files.map((file, at) => [file.slice(file.lastIndexOf('/') + 1), at]));
  const rows: { row: Table['rows'][number]; at: number }[] = [];
  for (const row of table.rows) {
    const name = row.values[fileColumn];
    const at = positions.get(name) ?? bare.get(name);
    if (at !== undefined) rows.push({ row, at });
  }
  if (rows.length === 0) {
    throw new FusiformError(
      'LABELS_OF_ANOTHER_SET',
      `None of the ${table.rows.length} labelled names (such as "${table.rows[0]?.values[fileColumn] ?? ''}") is among the ${latents.files.length} faces that have codes (such as "${latents.files[0]}").`,
      { file: table.file },
    );
  }
  return {
    table: { ...table, rows: rows.map(({ row }) => row) },
    fileColumn,
    codes: pickCodes(
      latents,
      rows.map(({ at }) => at),
    ),
    latentDim: latents.latentDim,
  };
}
