import { FusiformError, type Problem } from '../../shared/errors.ts';
import { isMissing, readTable, requireColumn, type Table } from '../formats/tsv/table.ts';

export interface Confounds {
  readonly file: string;
  /** In the order asked for. */
  readonly columns: readonly string[];
  /** Volumes of the run. */
  readonly nVolumes: number;
  /** [nVolumes, nColumns] row-major. */
  readonly values: Float64Array;
  readonly problems: readonly Problem[];
}

/** fMRIPrep's names of the six parameters of rigid motion: millimetres, then radians. */
export const motionColumns = ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'] as const;

/** Columns that are differences between volumes, and so have no value at the first. */
const differences = /derivative|framewise_displacement|dvars|_diff|_dt$/i;

/**
 * Reads columns of a confounds table.
 *
 * At the first volume `n/a` in a column of differences (derivatives, framewise displacement, DVARS) counts as 0, and a
 * problem says so; anywhere else it is an error.
 *
 * @throws FusiformError TABLE_COLUMN_UNKNOWN, CONFOUNDS_NOT_FINITE with the line, and what `readTable` throws
 */
export async function readConfounds(path: string, columns: readonly string[]): Promise<Confounds> {
  return confoundsFromTable(await readTable(path), columns);
}

export function confoundsFromTable(table: Table, columns: readonly string[]): Confounds {
  for (const column of columns) requireColumn(table, column);
  const problems: Problem[] = [];
  const values = new Float64Array(table.rows.length * columns.length);
  table.rows.forEach((row, volume) => {
    columns.forEach((column, index) => {
      const cell = row.values[column].trim();
      const value = isMissing(cell) ? Number.NaN : Number(cell);
      if (Number.isFinite(value)) values[volume * columns.length + index] = value;
      else if (volume === 0 && isMissing(cell) && differences.test(column)) {
        problems.push(
          new FusiformError(
            'CONFOUNDS_FIRST_ROW',
            `The first value of "${column}" is missing and counts as 0.`,
            {
              file: table.file,
              line: row.line,
            },
          ).toProblem(),
        );
      } else {
        throw new FusiformError(
          'CONFOUNDS_NOT_FINITE',
          `The value "${cell}" of "${column}" is not a finite number.`,
          {
            file: table.file,
            line: row.line,
            details: { column, value: cell },
          },
        );
      }
    });
  });
  return { file: table.file, columns, nVolumes: table.rows.length, values, problems };
}
