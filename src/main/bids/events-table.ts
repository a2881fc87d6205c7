import { FusiformError } from '../../shared/errors.ts';
import { readMat } from '../formats/mat/read-mat.ts';
import { type MatValue, textsOf } from '../formats/mat/values.ts';
import { readTable, type Table, type TableRow } from '../formats/tsv/table.ts';

/**
 * The rows of an events file: a table with a header, or SPM's "multiple conditions" (`.mat` with `names`, `onsets` and
 * `durations`; one duration stands for all onsets of a condition). Of the latter a row's `line` is the number of the
 * event, condition by condition, and times are taken as seconds: SPM's own model says whether they are, its file does not.
 *
 * @throws FusiformError EVENTS_MAT_INVALID, what `readTable` and `readMat` throw
 */
export async function readEventsTable(path: string): Promise<Table> {
  return /\.mat$/i.test(path) ? readConditions(path) : readTable(path);
}

async function readConditions(file: string): Promise<Table> {
  const variables = await readMat(file, ['names', 'onsets', 'durations']);
  const names = textsOf(variables.get('names'));
  const onsets = numbersOf(variables.get('onsets'));
  const durations = numbersOf(variables.get('durations'));
  if (names === null || onsets === null || durations === null) {
    throw invalid('It needs the cell arrays names (texts), onsets and durations (numbers)', file);
  }
  if (onsets.length !== names.length || durations.length !== names.length) {
    throw invalid(
      `It has ${names.length} names, ${onsets.length} cells of onsets and ${durations.length} of durations`,
      file,
    );
  }
  const rows: TableRow[] = [];
  for (const [condition, name] of names.entries()) {
    const own = durations[condition];
    if (own.length !== 1 && own.length !== onsets[condition].length) {
      throw invalid(`"${name}" has ${onsets[condition].length} onsets and ${own.length} durations`, file);
    }
    for (const [at, onset] of onsets[condition].entries()) {
      const duration = own.length === 1 ? own[0] : own[at];
      const values = { onset: String(onset), duration: String(duration), trial_type: name };
      rows.push({ line: rows.length + 1, values });
    }
  }
  return { file, columns: ['onset', 'duration', 'trial_type'], rows };
}

/** A cell array of vectors; null for anything else. An empty cell is a condition without events. */
function numbersOf(value: MatValue | undefined): number[][] | null {
  if (value?.kind !== 'cell') return null;
  const vectors: number[][] = [];
  for (const cell of value.cells) {
    if (cell.kind !== 'numeric') return null;
    vectors.push(Array.from(cell.data, Number));
  }
  return vectors;
}

function invalid(message: string, file: string): FusiformError {
  return new FusiformError('EVENTS_MAT_INVALID', `${message}.`, { file });
}
