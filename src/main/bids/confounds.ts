import { FusiformError } from '../../shared/errors.ts';
import { isMissing, requireColumn, type Table } from '../formats/tsv/table.ts';

/** fMRIPrep's names of the six parameters of rigid motion: millimetres, then radians. */
export const motionColumns = ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'] as const;

/** Columns that are differences between volumes, and so have no value at the first. */
const differences = /derivative|framewise_?displacement|dvars|_diff|_dt$/i;

export function isDifference(column: string): boolean {
  return differences.test(column);
}

/**
 * Columns of a table of confounds as numbers, [nVolumes, columns.length] row-major; NaN where a cell says that there is
 * no value (`n/a`).
 *
 * @throws FusiformError TABLE_COLUMN_UNKNOWN; CONFOUNDS_NOT_FINITE with the line of a cell that is no finite number
 */
export function confoundValues(table: Table, columns: readonly string[]): Float64Array {
  for (const column of columns) requireColumn(table, column);
  const values = new Float64Array(table.rows.length * columns.length);
  table.rows.forEach((row, volume) => {
    columns.forEach((column, index) => {
      const cell = row.values[column].trim();
      const value = isMissing(cell) ? Number.NaN : Number(cell);
      if (!isMissing(cell) && !Number.isFinite(value)) throw notFinite(table, volume, column);
      values[volume * columns.length + index] = value;
    });
  });
  return values;
}

/** The error of a cell that is missing or no finite number. */
export function notFinite(table: Table, volume: number, column: string): FusiformError {
  const row = table.rows[volume];
  const value = row.values[column]?.trim() ?? 'n/a';
  return new FusiformError(
    'CONFOUNDS_NOT_FINITE',
    `The value "${value}" of "${column}" is not a finite number.`,
    {
      file: table.file,
      line: row.line,
      details: { column, value },
    },
  );
}
