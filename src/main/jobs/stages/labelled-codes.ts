import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { readLabelTable } from '../../formats/labels/read.ts';
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
 * Labels of faces and the column of their names: of a face set's artefact, or of any file that an import takes for labels (see
 * `readLabelTable`).
 */
export async function readLabels(labels: string): Promise<{ table: Table; fileColumn: string }> {
  if ((await stat(labels)).isDirectory()) {
    const table = await readTable(join(labels, faceSetFiles.table));
    const fileColumn =
      table.columns.find((name) => fileColumns.includes(name.toLowerCase())) ?? table.columns[0];
    return { table, fileColumn };
  }
  const { file, nameColumn, columns, rows } = await readLabelTable(labels);
  const named = rows.map(({ line, name, cells }) => ({
    line,
    values: Object.fromEntries([[nameColumn, name], ...columns.map((column, at) => [column, cells[at]])]),
  }));
  return { table: { file, columns: [nameColumn, ...columns], rows: named }, fileColumn: nameColumn };
}

/**
 * Brings codes and labels together by the names of the faces; faces without a label, and labels without a face, are
 * left out.
 *
 * @param labels the artefact of a face set, or a table with a column of file names.
 * @param wanted whether a face, by the name that its code has, takes part; default all.
 * @throws FusiformError LABELS_OF_ANOTHER_SET where no name is in both
 */
export async function joinLabels(
  latents: Latents,
  labels: string,
  wanted: (file: string) => boolean = () => true,
): Promise<LabelledCodes> {
  const { table, fileColumn } = await readLabels(labels);
  const positions = new Map(latents.files.map((file, at) => [file, at]));
  const bare = new Map(latents.files.map((file, at) => [file.slice(file.lastIndexOf('/') + 1), at]));
  const rows: { row: Table['rows'][number]; at: number }[] = [];
  for (const row of table.rows) {
    const name = row.values[fileColumn];
    const at = positions.get(name) ?? bare.get(name);
    if (at !== undefined && wanted(latents.files[at])) rows.push({ row, at });
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
