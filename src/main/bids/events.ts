import { FusiformError, type Problem } from '../../shared/errors.ts';
import { isMissing, requireColumn, type Table, type TableRow } from '../formats/tsv/table.ts';
import { detectEventColumns, type EventColumns } from './event-columns.ts';
import { readEventsTable } from './events-table.ts';

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

/**
 * Reads an events file of BIDS, a lab's own with a header, or SPM's multiple conditions (see `readEventsTable`).
 *
 * - Rows that are not in order are sorted by onset, and a problem says so (EVENTS_UNSORTED).
 * - A row without a trial type is left out, and a problem says so (EVENTS_NO_TYPE).
 * - A negative onset is kept, and a problem says so (EVENTS_NEGATIVE); see `checkEvents` for one long before the run.
 * - A row that stands there twice counts twice, as in nilearn, and a problem says so (EVENTS_TWICE).
 * - A negative duration, and an onset or a duration that is no finite number (`n/a` too), is an error: to guess would
 *   move the model's regressors. A duration of 0 is an impulse.
 *
 * @param columns which columns mean what; default: by their names (see `detectEventColumns`).
 * @throws FusiformError EVENTS_BAD_NUMBER with the line, TABLE_COLUMN_UNKNOWN without onset, duration or a column that
 *   was named, and what `readEventsTable` throws
 */
export async function readEvents(path: string, columns?: EventColumns): Promise<Events> {
  return eventsFromTable(await readEventsTable(path), columns);
}

export function eventsFromTable(table: Table, given?: EventColumns): Events {
  const columns = given ?? detectEventColumns(table.columns);
  requireColumn(table, columns.onset);
  requireColumn(table, columns.duration);
  if (columns.trialType !== null) requireColumn(table, columns.trialType);
  // A study's runs differ here: localisers show no pictures, and have no repeats to find.
  const has = (name: string | null): string | null =>
    name !== null && table.columns.includes(name) ? name : null;
  const reader = new RowReader(table, {
    ...columns,
    stimFile: has(columns.stimFile),
    oneback: has(columns.oneback),
  });
  const all = table.rows.map((row) => reader.read(row));
  const typed = all.filter(({ trialType }) => !isMissing(trialType));
  const problems = [...unsorted(typed, table), ...untyped(all, table), ...negative(typed, table)];
  const rows = typed.sort((a, b) => a.onset - b.onset);
  return { file: table.file, columns: table.columns, rows, problems: [...problems, ...twice(rows, table)] };
}

class RowReader {
  readonly #table: Table;
  readonly #columns: EventColumns;
  readonly #others: readonly string[];

  constructor(table: Table, columns: EventColumns) {
    this.#table = table;
    this.#columns = columns;
    const known: (string | null)[] = Object.values(columns);
    this.#others = table.columns.filter((name) => !known.includes(name));
  }

  read(row: TableRow): EventRow {
    const { onset, duration, trialType, stimFile, oneback } = this.#columns;
    const seconds = this.#numberIn(row, duration);
    if (seconds < 0) throw this.#badNumber(row, duration, 'is negative');
    return {
      line: row.line,
      onset: this.#numberIn(row, onset),
      duration: seconds,
      trialType: trialType === null ? 'dummy' : row.values[trialType].trim(),
      stimFile: stimFile === null || isMissing(row.values[stimFile]) ? null : row.values[stimFile].trim(),
      oneback: oneback === null ? false : this.#flagIn(row, oneback),
      extra: Object.fromEntries(this.#others.map((name) => [name, row.values[name]])),
    };
  }

  #numberIn(row: TableRow, column: string): number {
    const text = row.values[column].trim();
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!Number.isFinite(value)) throw this.#badNumber(row, column, 'is not a number');
    return value;
  }

  #flagIn(row: TableRow, column: string): boolean {
    const text = row.values[column].trim().toLowerCase();
    if (/^(1(\.0*)?|true|yes)$/.test(text)) return true;
    if (/^(0(\.0*)?|false|no|n\/a|nan|)$/.test(text)) return false;
    throw this.#badNumber(row, column, 'is neither 0 nor 1');
  }

  #badNumber(row: TableRow, column: string, what: string): FusiformError {
    return new FusiformError('EVENTS_BAD_NUMBER', `The ${column} "${row.values[column].trim()}" ${what}.`, {
      file: this.#table.file,
      line: row.line,
      details: { column, value: row.values[column] },
    });
  }
}

function unsorted(rows: readonly EventRow[], { file }: Table): Problem[] {
  const row = rows.find(({ onset }, index) => index > 0 && onset < rows[index - 1].onset);
  if (row === undefined) return [];
  return [
    new FusiformError('EVENTS_UNSORTED', `The event at ${row.onset} s stands behind a later one.`, {
      file,
      line: row.line,
    }).toProblem(),
  ];
}

function untyped(rows: readonly EventRow[], { file }: Table): Problem[] {
  const without = rows.filter(({ trialType }) => isMissing(trialType));
  if (without.length === 0) return [];
  return [
    new FusiformError('EVENTS_NO_TYPE', `${without.length} rows without a trial type are left out.`, {
      file,
      line: without[0].line,
      details: { lines: without.map(({ line }) => line) },
    }).toProblem(),
  ];
}

function negative(rows: readonly EventRow[], { file }: Table): Problem[] {
  return rows
    .filter(({ onset }) => onset < 0 && onset >= earliestOnset)
    .map(({ onset, line, trialType }) =>
      new FusiformError(
        'EVENTS_NEGATIVE',
        `The event "${trialType}" begins ${-onset} s before the first volume; it is kept.`,
        { file, line, details: { onset } },
      ).toProblem(),
    );
}

/** @param rows by onset. */
function twice(rows: readonly EventRow[], { file }: Table): Problem[] {
  const seen = new Map<string, number>();
  const problems: Problem[] = [];
  for (const { onset, duration, trialType, stimFile, line } of rows) {
    const key = JSON.stringify([onset, duration, trialType, stimFile]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, line);
    else {
      const message = `The event "${trialType}" at ${onset} s stands in line ${first} already; it counts twice.`;
      problems.push(new FusiformError('EVENTS_TWICE', message, { file, line }).toProblem());
    }
  }
  return problems;
}

/** Seconds before the first volume from which a response still reaches into the run: nilearn's `min_onset`. */
const earliestOnset = -24;

/**
 * Looks for events that cannot belong to a run: an onset at or after its end, or more than 24 s before its first volume.
 * An event that begins within the run and outlasts it is usual and passes.
 *
 * @param run number of volumes and seconds between them.
 * @returns EVENTS_BEYOND_RUN or EVENTS_BEFORE_RUN for every such row, in order.
 */
export function checkEvents(events: Events, run: { nVolumes: number; tR: number }): Problem[] {
  const end = run.nVolumes * run.tR;
  const latest = events.rows.at(-1)?.onset ?? 0;
  // Onsets in milliseconds all lie within the run once they are divided.
  const hint =
    latest >= end && latest / 1000 < end && latest > 20 * end ? ' Are the onsets milliseconds?' : '';
  return events.rows
    .filter(({ onset }) => onset >= end || onset < earliestOnset)
    .map(({ onset, line, trialType }) => {
      const place = { file: events.file, line, details: { onset, end } };
      const fault =
        onset < earliestOnset
          ? new FusiformError(
              'EVENTS_BEFORE_RUN',
              `The event "${trialType}" begins ${-onset} s before the first volume.`,
              place,
            )
          : new FusiformError(
              'EVENTS_BEYOND_RUN',
              `The event "${trialType}" begins at ${onset} s, but the run ends at ${end} s (${run.nVolumes} volumes of ${run.tR} s).${hint}`,
              place,
            );
      return fault.toProblem();
    });
}

/** Seconds; logs round, and an event may begin a frame before the one before it has gone. */
const overlapTolerance = 0.05;

/**
 * Events that begin while another lasts. They are kept, and their responses add up; that is how a model of overlapping
 * conditions is meant, and how two log files in one are not.
 *
 * @returns EVENTS_OVERLAP once a table, with the number of rows and the first.
 */
export function overlappingEvents(events: Events): Problem[] {
  const rows: { row: EventRow; until: number; other: EventRow }[] = [];
  let longest: EventRow | undefined;
  for (const row of events.rows) {
    const until = longest === undefined ? Number.NEGATIVE_INFINITY : longest.onset + longest.duration;
    if (longest !== undefined && row.onset < until - overlapTolerance)
      rows.push({ row, until, other: longest });
    if (longest === undefined || row.onset + row.duration > until) longest = row;
  }
  if (rows.length === 0) return [];
  const [{ row, other, until }] = rows;
  const message = `${rows.length} events begin while another lasts; the first is "${row.trialType}" at ${row.onset} s, and "${other.trialType}" (line ${other.line}) lasts until ${Number(until.toFixed(3))} s.`;
  return [
    new FusiformError('EVENTS_OVERLAP', message, {
      file: events.file,
      line: row.line,
      details: { lines: rows.map((entry) => entry.row.line) },
    }).toProblem(),
  ];
}
