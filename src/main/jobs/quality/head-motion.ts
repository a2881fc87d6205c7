import { motionColumns } from '../../bids/confounds.ts';
import { readConfoundsTable } from '../../bids/confounds-table.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { isMissing, type Table } from '../../formats/tsv/table.ts';
import { framewiseDisplacement, headRadius } from '../../qc/framewise-displacement.ts';

export interface HeadMotion {
  /** [nVolumes] framewise displacement in mm; NaN at the first volume. */
  readonly displacement: Float64Array;
  /** Where it comes from, to be read in a report. */
  readonly source: string;
}

/** Names of framewise displacement in fMRIPrep's tables, new and old. */
const displacementColumns = ['framewise_displacement', 'FramewiseDisplacement'];
/** Names of the six parameters in fMRIPrep's tables, new and old; mm, then radians. */
const parameterColumns: readonly (readonly string[])[] = [
  motionColumns,
  ['X', 'Y', 'Z', 'RotX', 'RotY', 'RotZ'],
];

/**
 * Head motion from a table of confounds: its column of framewise displacement, else its six parameters; SPM's `rp_*.txt`
 * and FSL's `*.par` hold the latter.
 *
 * @returns null where a table holds neither.
 * @throws FusiformError CONFOUNDS_LENGTH, CONFOUNDS_NOT_FINITE, TABLE_INVALID, and what reading throws
 */
export async function readHeadMotion(path: string, nVolumes: number): Promise<HeadMotion | null> {
  const motion = fromTable(await readConfoundsTable(path));
  if (motion !== null && motion.displacement.length !== nVolumes) {
    throw new FusiformError(
      'CONFOUNDS_LENGTH',
      `The table has ${motion.displacement.length} rows for the run's ${nVolumes} volumes.`,
      { file: path },
    );
  }
  return motion;
}

function fromTable(table: Table): HeadMotion | null {
  const column = displacementColumns.find((name) => table.columns.includes(name));
  if (column !== undefined) {
    const displacement = Float64Array.from(table.rows, (row, volume) =>
      volume === 0 ? Number.NaN : numberIn(row.values[column], column, table.file, row.line),
    );
    return { displacement, source: `column ${column} of the confounds` };
  }
  const names = parameterColumns.find((set) => set.every((name) => table.columns.includes(name)));
  if (names === undefined) return null;
  const parameters = new Float64Array(table.rows.length * 6);
  for (const [volume, row] of table.rows.entries()) {
    for (const [axis, name] of names.entries()) {
      parameters[volume * 6 + axis] = numberIn(row.values[name], name, table.file, row.line);
    }
  }
  return {
    displacement: framewiseDisplacement(parameters),
    source: `motion parameters ${names[0]} to ${names[5]} of the confounds (mm, radians on ${headRadius} mm)`,
  };
}

function numberIn(cell: string, column: string, file: string, line: number): number {
  const value = isMissing(cell) ? Number.NaN : Number(cell);
  if (Number.isFinite(value)) return value;
  throw new FusiformError(
    'CONFOUNDS_NOT_FINITE',
    `The value "${cell}" of "${column}" is not a finite number.`,
    {
      file,
      line,
    },
  );
}
