import { FusiformError, type Problem } from '../../../shared/errors.ts';
import {
  type ConfoundsSidecar,
  compCorColumns,
  findColumn,
  matchColumns,
  unknownColumn,
} from '../../bids/confound-columns.ts';
import { confoundValues, isDifference, motionColumns, notFinite } from '../../bids/confounds.ts';
import { isMissing, type Table } from '../../formats/tsv/table.ts';
import { censorColumns, censoredVolumes } from '../../glm/censoring.ts';
import { sideBySide } from '../../glm/design.ts';
import { listNames } from '../../glm/linear-fit.ts';
import { expandMotion } from '../../glm/motion.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { framewiseDisplacement } from '../../qc/framewise-displacement.ts';
import type { GlmSettings } from './glm-settings.ts';

export interface RunConfounds {
  readonly names: readonly string[];
  /** [nVolumes, names.length] */
  readonly columns: Matrix;
  /** Volumes, from 0, that have a column of their own. */
  readonly censored: readonly number[];
  readonly problems: readonly Problem[];
}

/** Columns before their missing cells are dealt with: NaN. */
interface RawColumns {
  readonly names: readonly string[];
  readonly columns: Matrix;
}

/**
 * The nuisance columns of a run by the settings: named columns, motion, CompCor, then one column a censored volume.
 *
 * @throws FusiformError TABLE_COLUMN_UNKNOWN, CONFOUNDS_COMPCOR, CONFOUNDS_NOT_FINITE
 */
export function confoundsFromTable(
  table: Table,
  sidecar: ConfoundsSidecar | null,
  settings: GlmSettings,
): RunConfounds {
  const { compCor, compCorMask, missingConfounds } = settings;
  const wanted = matchColumns(table.columns, settings.confounds, table.file);
  const components =
    compCor > 0 ? compCorColumns(table.columns, compCor, compCorMask, sidecar, table.file) : [];
  const motion = motionParameters(table, settings);
  const plain = [...new Set([...wanted, ...components])].filter((name) => !motion.names.includes(name));
  const raw = { names: plain, columns: columnsOf(table, plain) };
  const parts = [raw, motion].filter(({ names }) => names.length > 0);
  const problems: Problem[] = [];
  const unknown = new Uint8Array(table.rows.length);
  const firsts: string[] = [];
  const filled = parts.map((part) => fillMissing(table, part, missingConfounds, unknown, firsts));
  if (firsts.length > 0) problems.push(firstRowProblem(table, firsts, missingConfounds));
  const volumes = censoredVolumes(badVolumes(table, settings, unknown), settings.censor);
  const censor = censorColumns(table.rows.length, volumes);
  if (volumes.length > 0) problems.push(censoredProblem(table, volumes));
  const all = volumes.length > 0 ? [...filled, censor] : filled;
  return {
    names: all.flatMap(({ names }) => names),
    columns: all.length > 0 ? sideBySide(all.map(({ columns }) => columns)) : matrix(table.rows.length, 0),
    censored: volumes,
    problems,
  };
}

function columnsOf(table: Table, names: readonly string[]): Matrix {
  return matrix(table.rows.length, names.length, confoundValues(table, names));
}

function motionParameters(table: Table, { motion, motionModel }: GlmSettings): RawColumns {
  if (motion === 0) return { names: [], columns: matrix(table.rows.length, 0) };
  const sources = motionColumns.map((name) => required(table, name));
  const names = [...motionColumns];
  const six = columnsOf(table, sources);
  if (motion === 6) return { names, columns: six };
  const derivatives = names.map((name) => `${name}_derivative1`);
  const known =
    motionModel === 'derivatives' && derivatives.every((name) => table.columns.includes(name))
      ? columnsOf(table, derivatives)
      : undefined;
  const more = expandMotion(six, names, motion, motionModel, known);
  return { names: [...names, ...more.names], columns: sideBySide([six, more.columns]) };
}

function required(table: Table, name: string): string {
  const column = findColumn(table.columns, name);
  if (column === undefined) throw unknownColumn(name, table.columns, table.file);
  return column;
}

/**
 * Cells without a value get one by the policy, or are an error.
 * @param unknown marks the volumes of those not in the first row
 * @param firsts gets the columns of those in the first row
 */
function fillMissing(
  table: Table,
  { names, columns }: RawColumns,
  policy: GlmSettings['missingConfounds'],
  unknown: Uint8Array,
  firsts: string[],
): RawColumns {
  const { rows, cols } = columns;
  const data = columns.data.slice();
  names.forEach((name, column) => {
    const values = Array.from({ length: rows }, (_, t) => data[t * cols + column]);
    const known = values.filter((value) => !Number.isNaN(value));
    if (known.length === rows) return;
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    for (let t = 0; t < rows; t++) {
      if (!Number.isNaN(values[t])) continue;
      const first = t === 0 && isDifference(name);
      if (!first && policy !== 'censor') throw notFinite(table, t, name);
      if (known.length === 0) throw notFinite(table, t, name);
      if (first) firsts.push(name);
      else unknown[t] = 1;
      data[t * cols + column] = first && policy === 'zero' ? 0 : mean;
    }
  });
  return { names, columns: matrix(rows, cols, data) };
}

/** [nVolumes]: 1 where a volume is to be left out by the thresholds or by fMRIPrep's columns, or has no known confounds. */
function badVolumes(table: Table, { censor }: GlmSettings, unknown: Uint8Array): Uint8Array {
  const bad = unknown.slice();
  const thresholds: [string, number | null][] = [
    ['framewise_displacement', censor.framewiseDisplacement],
    ['std_dvars', censor.stdDvars],
  ];
  for (const [name, threshold] of thresholds) {
    if (threshold === null) continue;
    const values = thresholded(table, name);
    // A volume without a value (the first) is not above it.
    values.forEach((value, t) => {
      if (value > threshold) bad[t] = 1;
    });
  }
  if (censor.outlierColumns) {
    const outliers = table.columns.filter((name) =>
      /^(motion_outlier|non_steady_state|NonSteadyState)/.test(name),
    );
    for (const name of outliers) {
      table.rows.forEach((row, t) => {
        const cell = row.values[name];
        if (!isMissing(cell) && Number(cell) !== 0) bad[t] = 1;
      });
    }
  }
  return bad;
}

/** [nVolumes]; framewise displacement is computed from the parameters of motion where the table has none. */
function thresholded(table: Table, name: string): Float64Array {
  const column = findColumn(table.columns, name);
  if (column !== undefined) return confoundValues(table, [column]);
  if (name !== 'framewise_displacement') throw unknownColumn(name, table.columns, table.file);
  const six = motionColumns.map((parameter) => required(table, parameter));
  return framewiseDisplacement(confoundValues(table, six));
}

function firstRowProblem(
  table: Table,
  columns: readonly string[],
  policy: GlmSettings['missingConfounds'],
): Problem {
  const instead = policy === 'zero' ? '0' : 'the mean of its column';
  return new FusiformError(
    'CONFOUNDS_FIRST_ROW',
    `The first value of ${listNames(columns)} is missing and counts as ${instead}.`,
    { file: table.file, line: table.rows[0].line, details: { columns } },
  ).toProblem();
}

function censoredProblem(table: Table, volumes: readonly number[]): Problem {
  const shown = volumes.slice(0, 10).join(', ') + (volumes.length > 10 ? ', ...' : '');
  return new FusiformError(
    'VOLUMES_CENSORED',
    `${volumes.length} of ${table.rows.length} volumes are left out of the model: ${shown} (from 0).`,
    { file: table.file, details: { volumes } },
  ).toProblem();
}
