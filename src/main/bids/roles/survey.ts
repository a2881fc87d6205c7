import { isMissing, type Table } from '../../formats/tsv/table.ts';
import { detectEventColumns, type EventColumns } from '../event-columns.ts';

/** What the rows of a trial type have in common. */
export interface TypeFacts {
  readonly name: string;
  readonly trials: number;
  /** Runs that have it. */
  readonly runs: number;
  readonly onebacks: number;
  /** Rows that name a picture, and how many pictures those are. */
  readonly withPicture: number;
  readonly pictures: number;
  /** Rows whose picture is that of the row before. */
  readonly repeats: number;
}

/** Runs with the same numbers of trials of each type, one-backs apart: they were given the same kind of list. */
export interface PresentationList {
  readonly runs: readonly string[];
  readonly trials: Readonly<Record<string, number>>;
}

export interface EventsSurvey {
  readonly columns: EventColumns;
  /** Every column of any table, with the number of tables that have it. */
  readonly tablesWith: ReadonlyMap<string, number>;
  readonly nTables: number;
  /** Most frequent first. */
  readonly types: readonly TypeFacts[];
  /** Most frequent first. */
  readonly lists: readonly PresentationList[];
}

export interface RunTable {
  readonly run: string;
  readonly table: Table;
}

/** Counts what events tables hold, without judging it. @param columns default: by their names, then by what they hold. */
export function surveyEvents(tables: readonly RunTable[], columns?: EventColumns): EventsSurvey {
  const tablesWith = new Map<string, number>();
  for (const { table } of tables) {
    for (const column of table.columns) tablesWith.set(column, (tablesWith.get(column) ?? 0) + 1);
  }
  const chosen = columns ?? columnsOf(tables, [...tablesWith.keys()]);
  const counters = new Map<string, Counter>();
  const lists = new Map<string, { runs: string[]; trials: Record<string, number> }>();
  for (const { run, table } of tables) {
    const trials: Record<string, number> = {};
    let before: string | null = null;
    for (const { values } of table.rows) {
      const cell = (column: string | null): string => (column === null ? '' : (values[column] ?? '')).trim();
      const name = chosen.trialType === null ? 'dummy' : cell(chosen.trialType);
      const picture = cell(chosen.stimFile);
      const shown: string | null = isMissing(picture) ? null : picture;
      if (isMissing(name)) continue;
      const oneback = /^(1(\.0*)?|true|yes)$/i.test(cell(chosen.oneback));
      const listed = oneback ? 'one-back' : name;
      trials[listed] = (trials[listed] ?? 0) + 1;
      const counter = counters.get(name) ?? new Counter();
      counters.set(name, counter);
      counter.add(run, shown, oneback, shown !== null && shown === before);
      before = shown;
    }
    const key = JSON.stringify(Object.entries(trials).sort());
    const list = lists.get(key) ?? { runs: [], trials };
    lists.set(key, list);
    list.runs.push(run);
  }
  return {
    columns: chosen,
    tablesWith,
    nTables: tables.length,
    types: [...counters].map(([name, counter]) => counter.facts(name)).sort((a, b) => b.trials - a.trials),
    lists: [...lists.values()].sort((a, b) => b.runs.length - a.runs.length),
  };
}

class Counter {
  #trials = 0;
  #onebacks = 0;
  #withPicture = 0;
  #repeats = 0;
  readonly #runs = new Set<string>();
  readonly #pictures = new Set<string>();

  add(run: string, picture: string | null, oneback: boolean, repeats: boolean): void {
    this.#trials += 1;
    this.#runs.add(run);
    if (oneback) this.#onebacks += 1;
    if (repeats) this.#repeats += 1;
    if (picture === null) return;
    this.#withPicture += 1;
    // A test face is copied into the folder of every run under its own name.
    this.#pictures.add(picture.slice(picture.lastIndexOf('/') + 1));
  }

  facts(name: string): TypeFacts {
    return {
      name,
      trials: this.#trials,
      runs: this.#runs.size,
      onebacks: this.#onebacks,
      withPicture: this.#withPicture,
      pictures: this.#pictures.size,
      repeats: this.#repeats,
    };
  }
}

const pictureName = /\.(jpe?g|png|bmp|tiff?|gif|webp|avif)\s*$/i;

/** By name; a column of pictures may bear any name, and is known by what its cells end in. */
function columnsOf(tables: readonly RunTable[], names: readonly string[]): EventColumns {
  const columns = detectEventColumns(names);
  if (columns.stimFile !== null) return columns;
  const holdsPictures = (name: string): boolean =>
    tables.some(
      ({ table }) =>
        table.columns.includes(name) && table.rows.some(({ values }) => pictureName.test(values[name])),
    );
  return { ...columns, stimFile: names.find(holdsPictures) ?? null };
}
