import { FusiformError, type Problem } from '../../shared/errors.ts';
import { readTable, requireColumn, type Table, type TableRow } from '../formats/tsv/table.ts';

export interface EventRow {
  /** In the events file, the header being line 1. */
  readonly line: number;
  /** Seconds from the first volume; may be negative. */
  readonly onset: number;
  /** Seconds, 0 or more. */
  readonly duration: number;
  /** Without the blanks around it; `dummy` where the file has no `trial_type` (nilearn's word). */
  readonly trialType: string;
  /** The picture shown, as the file names it (`stim_file` or `stimulus`). */
  readonly stimFile: string | null;
  /** Whether the picture repeats the one before (`oneback` or `one_back`). */
  readonly oneback: boolean;
  /** All other columns, as they stand there. */
  readonly extra: Readonly<Record<string, string>>;
}

export interface Events {
  readonly file: string;
  /** As in the file. */
  readonly columns: readonly string[];
  /** By onset. */
  readonly rows: readonly EventRow[];
  readonly problems: readonly Problem[];
}

/** The public face dataset's README names columns otherwise than its files do. */
const stimFileColumns = ['stim_file', 'stimulus'];
const onebackColumns = ['oneback', 'one_back'];

/**
 * Reads an events file of BIDS.
 *
 * Rows that are not in order are sorted by onset, and a problem says so. A negative duration, and an onset or a
 * duration that is no finite number (`n/a` too), is an error: to guess would move the model's regressors.
 *
 * @throws FusiformError EVENTS_BAD_NUMBER with the line, TABLE_COLUMN_UNKNOWN without onset or duration, and what
 *   `readTable` throws
 */
export async function readEvents(path: string): Promise<Events> {
  return eventsFromTable(await readTable(path));
}

export function eventsFromTable(table: Table): Events {
  requireColumn(table, 'onset');
  requireColumn(table, 'duration');
  const stimFileColumn = stimFileColumns.find((name) => table.columns.includes(name));
  const onebackColumn = onebackColumns.find((name) => table.columns.includes(name));
  const known = ['onset', 'duration', 'trial_type', stimFileColumn, onebackColumn];
  const others = table.columns.filter((name) => !known.includes(name));
  const rows = table.rows.map((row): EventRow => {
    const duration = numberIn(table, row, 'duration');
    if (duration < 0) throw badNumber(table, row, 'duration', 'is negative');
    return {
      line: row.line,
      onset: numberIn(table, row, 'onset'),
      duration,
      trialType: row.values.trial_type?.trim() ?? 'dummy',
      stimFile: stimFileColumn === undefined ? null : presentText(row.values[stimFileColumn]),
      oneback: onebackColumn === undefined ? false : flagIn(table, row, onebackColumn),
      extra: Object.fromEntries(others.map((name) => [name, row.values[name]])),
    };
  });
  const unsorted = rows.find((row, index) => index > 0 && row.onset < rows[index - 1].onset);
  const problems = unsorted === undefined ? [] : [unsortedProblem(table, unsorted)];
  return { file: table.file, columns: table.columns, rows: rows.sort((a, b) => a.onset - b.onset), problems };
}

function presentText(cell: string): string | null {
  const text = cell.trim();
  return text === '' || text.toLowerCase() === 'n/a' ? null : text;
}

function numberIn(table: Table, row: TableRow, column: string): number {
  const text = row.values[column].trim();
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw badNumber(table, row, column, 'is not a number');
  return value;
}

function flagIn(table: Table, row: TableRow, column: string): boolean {
  const text = row.values[column].trim().toLowerCase();
  if (/^(1(\.0*)?|true|yes)$/.test(text)) return true;
  if (/^(0(\.0*)?|false|no|n\/a|)$/.test(text)) return false;
  throw badNumber(table, row, column, 'is neither 0 nor 1');
}

function badNumber(table: Table, row: TableRow, column: string, what: string): FusiformError {
  return new FusiformError('EVENTS_BAD_NUMBER', `The ${column} "${row.values[column].trim()}" ${what}.`, {
    file: table.file,
    line: row.line,
    details: { column, value: row.values[column] },
  });
}

function unsortedProblem(table: Table, row: EventRow): Problem {
  return new FusiformError('EVENTS_UNSORTED', `The event at ${row.onset} s stands behind a later one.`, {
    file: table.file,
    line: row.line,
  }).toProblem();
}

/**
 * Looks for events that cannot belong to a run: an onset at or after its end. An event that begins within the run and
 * outlasts it is usual and passes.
 *
 * @param run number of volumes and seconds between them.
 * @returns EVENTS_BEYOND_RUN for every such row, in order.
 */
export function checkEvents(events: Events, run: { nVolumes: number; tR: number }): Problem[] {
  const end = run.nVolumes * run.tR;
  return events.rows
    .filter(({ onset }) => onset >= end)
    .map(({ onset, line, trialType }) =>
      new FusiformError(
        'EVENTS_BEYOND_RUN',
        `The event "${trialType}" begins at ${onset} s, but the run ends at ${end} s (${run.nVolumes} volumes of ${run.tR} s).`,
        { file: events.file, line, details: { onset, end } },
      ).toProblem(),
    );
}
