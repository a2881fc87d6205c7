import { FusiformError } from '../../../shared/errors.ts';
import { findColumn } from '../../bids/confound-columns.ts';
import { motionColumns } from '../../bids/confounds.ts';
import { readConfoundsTable } from '../../bids/confounds-table.ts';
import { isMissing, type Table } from '../../formats/tsv/table.ts';
import { framewiseDisplacement, headRadius } from '../../qc/framewise-displacement.ts';

export interface HeadMotion {
  /** [nVolumes] framewise displacement in mm; NaN at the first volume. */
  readonly displacement: Float64Array;
  /** Where it comes from, to be read in a report. */
  readonly source: string;
}

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
  const column = findColumn(table.columns, 'framewise_displacement');
  if (column !== undefined) {
    const displacement = Float64Array.from(table.rows, (row, volume) =>
      volume === 0 ? Number.NaN : numberIn(row.values[column], column, table.file, row.line),
    );
    return { displacement, source: `column ${column} of the confounds` };
  }
  const parameters = parametersOf(table);
  if (parameters === null) return null;
  const { names, values } = parameters;
  return {
    displacement: framewiseDisplacement(values),
    source: `motion parameters ${names[0]} to ${names[5]} of the confounds (mm, radians on ${headRadius} mm)`,
  };
}

export interface MotionParameters {
  /** Three translations (mm), three rotations (radians), as the table calls them. */
  readonly names: readonly string[];
  /** [nVolumes, 6] */
  readonly values: Float64Array;
}

/** The six parameters of a table of confounds; null where it does not hold them. @throws FusiformError as `readHeadMotion` */
export async function readMotionParameters(path: string): Promise<MotionParameters | null> {
  return parametersOf(await readConfoundsTable(path));
}

function parametersOf(table: Table): MotionParameters | null {
  const names = motionColumns
    .map((name) => findColumn(table.columns, name))
    .filter((name) => name !== undefined);
  if (names.length < motionColumns.length) return null;
  const values = new Float64Array(table.rows.length * names.length);
  for (const [volume, row] of table.rows.entries()) {
    for (const [axis, name] of names.entries()) {
      values[volume * names.length + axis] = numberIn(row.values[name], name, table.file, row.line);
    }
  }
  return { names, values };
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
