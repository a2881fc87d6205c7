/** What a column of a table holds; null (and NaN among numbers) is a value that is missing. */
export type TableColumn = NumberColumn | TextColumn | FlagColumn;

interface ColumnFacts {
  readonly name: string;
  /** What the values are, in a sentence. */
  readonly description?: string;
  /** Such as `mm` or `s`; absent where the values have no unit. */
  readonly units?: string;
}

export interface NumberColumn extends ColumnFacts {
  /** `int` for whole numbers up to 2^53. */
  readonly type: 'double' | 'int';
  readonly values: ArrayLike<number | null>;
}

export interface TextColumn extends ColumnFacts {
  readonly type: 'string';
  readonly values: readonly (string | null)[];
}

export interface FlagColumn extends ColumnFacts {
  readonly type: 'bool';
  readonly values: readonly (boolean | null)[];
}

/**
 * Rows as columns of a table.
 *
 * @param types by the columns' names, in their order
 * @throws RangeError where a row has another number of cells, TypeError where a cell is of another type
 */
export function columnsOfRows(
  types: Readonly<Record<string, TableColumn['type']>>,
  rows: readonly (readonly TableValue[])[],
): TableColumn[] {
  const names = Object.keys(types);
  for (const row of rows) {
    if (row.length !== names.length) throw new RangeError(`${row.length} cells for ${names.length} columns`);
  }
  return names.map((name, at): TableColumn => {
    const type = types[name];
    const cells = rows.map((row) => row[at]);
    const wrong = (cell: TableValue) => new TypeError(`${cell} is no ${type}, as the column ${name} is`);
    if (type === 'string') {
      return {
        name,
        type,
        values: cells.map((cell) => {
          if (cell === null || typeof cell === 'string') return cell;
          throw wrong(cell);
        }),
      };
    }
    if (type === 'bool') {
      return {
        name,
        type,
        values: cells.map((cell) => {
          if (cell === null || typeof cell === 'boolean') return cell;
          throw wrong(cell);
        }),
      };
    }
    return {
      name,
      type,
      values: cells.map((cell) => {
        if (cell === null || typeof cell === 'number') return cell;
        throw wrong(cell);
      }),
    };
  });
}

/** A value as it stands in a file: null where there is none. */
export type TableValue = number | string | boolean | null;

export function valueAt({ values }: TableColumn, row: number): TableValue {
  const value = values[row] ?? null;
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}

/** Rows that all columns have. @throws RangeError where they differ, or a name stands twice */
export function rowCount(columns: readonly TableColumn[]): number {
  const count = columns[0]?.values.length ?? 0;
  const names = new Set<string>();
  for (const { name, values } of columns) {
    if (values.length !== count)
      throw new RangeError(`column ${name} has ${values.length} rows, not ${count}`);
    if (names.has(name)) throw new RangeError(`two columns are named ${name}`);
    names.add(name);
  }
  return count;
}

/** BIDS's description of columns, as it stands beside a table; empty where nothing is said of any. */
export function columnDescriptions(
  columns: readonly TableColumn[],
): Record<string, { Description?: string; Units?: string }> {
  return Object.fromEntries(
    columns
      .filter(({ description, units }) => description !== undefined || units !== undefined)
      .map(({ name, description, units }) => [
        name,
        {
          ...(description === undefined ? {} : { Description: description }),
          ...(units === undefined ? {} : { Units: units }),
        },
      ]),
  );
}
