import { FusiformError } from '../../shared/errors.ts';
import { readFileChecked } from '../formats/files/read.ts';
import { readMat } from '../formats/mat/read-mat.ts';
import { numericVariable, textsOf } from '../formats/mat/values.ts';
import { decodeText, parseTable, type Table, type TableRow } from '../formats/tsv/table.ts';

/** SPM's `rp_*.txt`: translations in mm, then pitch, roll and yaw in radians; named as fMRIPrep names them. */
const spmMotion: readonly string[] = ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'];
/** FSL's `mcflirt -plots` (`.par`): rotations in radians, then translations in mm. */
const fslMotion: readonly string[] = ['rot_x', 'rot_y', 'rot_z', 'trans_x', 'trans_y', 'trans_z'];

/**
 * Reads a table of confounds, whoever wrote it:
 * - a table with a header, such as fMRIPrep's, as it stands;
 * - numbers alone, as in SPM's `rp_*.txt`: six columns of motion; further ones are `confound_07`, ...;
 * - FSL's `.par`, whose rotations come first;
 * - SPM's "multiple regressors" (`.mat` with `R`, one row a volume; `names`, else `R1`, `R2`, ...).
 *
 * @throws FusiformError MAT_VARIABLE_MISSING, MAT_UNSUPPORTED, MAT_INVALID, TABLE_INVALID, TABLE_ROW_RAGGED (with the line), FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readConfoundsTable(path: string): Promise<Table> {
  if (/\.mat$/i.test(path)) return readRegressors(path);
  const text = decodeText(await readFileChecked(path));
  return firstLineIsNumbers(text) ? parseNumbers(text, path) : parseTable(text, path);
}

function firstLineIsNumbers(text: string): boolean {
  const [first] = text.trimStart().split(/\r?\n/, 1);
  const cells = first.trim().split(separators);
  return cells.every((cell) => cell !== '' && Number.isFinite(Number(cell)));
}

const separators = /[\s,;]+/;

function parseNumbers(text: string, file: string): Table {
  const lines = text
    .split(/\r?\n/)
    .map((content, at) => ({ line: at + 1, cells: content.trim().split(separators) }))
    .filter(({ cells }) => cells.join('') !== '');
  if (lines.length === 0) throw new FusiformError('TABLE_INVALID', 'The table has no rows.', { file });
  const width = lines[0].cells.length;
  const columns = numberedColumns(width, /\.par$/i.test(file) ? fslMotion : spmMotion);
  const rows = lines.map(({ line, cells }): TableRow => {
    if (cells.length !== width) {
      throw new FusiformError(
        'TABLE_ROW_RAGGED',
        `The row has ${cells.length} numbers, and the first row has ${width}.`,
        { file, line },
      );
    }
    return { line, values: Object.fromEntries(columns.map((name, at) => [name, cells[at]])) };
  });
  return { file, columns, rows };
}

/** Fewer than six columns are no motion of a rigid body: they are numbered. */
function numberedColumns(width: number, motion: readonly string[]): string[] {
  const known = width >= motion.length ? motion : [];
  return Array.from({ length: width }, (_, at) => known[at] ?? `confound_${String(at + 1).padStart(2, '0')}`);
}

async function readRegressors(file: string): Promise<Table> {
  const variables = await readMat(file, ['R', 'names']);
  const { shape, data } = numericVariable(variables, 'R', file);
  const [nRows, width] = shape;
  const names = textsOf(variables.get('names'));
  const columns = Array.from({ length: width }, (_, at) => names?.at(at) ?? `R${at + 1}`);
  const rows = Array.from({ length: nRows }, (_, row): TableRow => {
    const cells = columns.map((name, at) => [name, String(data[row * width + at])]);
    return { line: row + 1, values: Object.fromEntries(cells) };
  });
  return { file, columns, rows };
}
