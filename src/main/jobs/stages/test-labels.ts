import { isMissing, type Table } from '../../formats/tsv/table.ts';
import { canonical } from './attributes-of-table.ts';
import { rowFinder } from './face-rows.ts';
import { readLabels } from './labelled-codes.ts';

/** What is known of the test faces about one attribute. */
export interface KnownAttribute {
  /** [testFaces]: of a class 1 or 0; null where the label is missing. */
  readonly values: readonly (number | null)[];
}

/** Labels of the test faces, to be asked by the names that attributes got from another table of the same columns. */
export class TestLabels {
  readonly #table: Table;
  /** Row of each test face; null where the table does not name it. */
  readonly #rows: readonly (Table['rows'][number] | null)[];

  private constructor(table: Table, rows: readonly (Table['rows'][number] | null)[]) {
    this.#table = table;
    this.#rows = rows;
  }

  /** @param labels artefact of the face set of the stimuli, or a table with a column of file names */
  static async read(labels: string, testFaces: readonly string[]): Promise<TestLabels> {
    const { table, fileColumn } = await readLabels(labels);
    const rowOf = rowFinder(table.rows.map(({ values }) => values[fileColumn]));
    const rows = testFaces.map((face) => {
      const row = rowOf(face);
      return row === undefined ? null : table.rows[row];
    });
    return new TestLabels(table, rows);
  }

  get file(): string {
    return this.#table.file;
  }

  /**
   * @param name `column=value` of a class, `column` of a number, as `attributesOfTable` names them
   * @returns null where the table has no such column
   */
  of(name: string, kind: 'class' | 'number'): KnownAttribute | null {
    const { columns } = this.#table;
    if (kind === 'number') {
      return columns.includes(name) ? { values: this.#cells(name).map(asNumber) } : null;
    }
    // A column's own name may hold an equals sign.
    const column = columns.find((candidate) => name.startsWith(`${candidate}=`));
    if (column === undefined) return null;
    const value = name.slice(column.length + 1);
    return {
      values: this.#cells(column).map((cell) => (cell === null ? null : Number(canonical(cell) === value))),
    };
  }

  #cells(column: string): (string | null)[] {
    return this.#rows.map((row) => {
      const cell = row?.values[column];
      return cell === undefined || isMissing(cell) ? null : cell;
    });
  }
}

function asNumber(cell: string | null): number | null {
  const value = cell === null ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : null;
}
