import type { Table } from '../../formats/tsv/table.ts';

/** A column of a large table, each value written once. */
export interface FaceColumn {
  readonly name: string;
  /** Its values, trimmed, in the order in which they first stand there. */
  readonly values: readonly string[];
  /** Which of the values each row has, [rows]. */
  readonly codes: Uint32Array;
}

/** A table of faces by columns: a tenth of the memory of its rows, and fast to search. */
export interface FaceColumns {
  readonly count: number;
  readonly columns: readonly FaceColumn[];
}

export function columnsOf({ columns, rows }: Table): FaceColumns {
  return {
    count: rows.length,
    columns: columns.map((name) => {
      const known = new Map<string, number>();
      const codes = new Uint32Array(rows.length);
      rows.forEach(({ values }, row) => {
        const value = values[name].trim();
        const code = known.get(value) ?? known.size;
        known.set(value, code);
        codes[row] = code;
      });
      return { name, values: [...known.keys()], codes };
    }),
  };
}

/** The cells of a row by the names of their columns. */
export function rowOf({ columns }: FaceColumns, row: number): Record<string, string> {
  return Object.fromEntries(columns.map(({ name, values, codes }) => [name, values[codes[row]]]));
}

/** Rows whose columns have the given values, ascending; a column that is not there has none. */
export function rowsWhere(faces: FaceColumns, where: Readonly<Record<string, string>>): number[] {
  const wanted = Object.entries(where).map(([name, value]) => {
    const column = faces.columns.find((each) => each.name === name);
    return { codes: column?.codes, code: column?.values.indexOf(value) ?? -1 };
  });
  const found: number[] = [];
  for (let row = 0; row < faces.count; row++) {
    if (wanted.every(({ codes, code }) => codes?.[row] === code)) found.push(row);
  }
  return found;
}
