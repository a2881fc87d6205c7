import { writeFileAtomic } from '../files/atomic-write.ts';

/** A cell as text: BIDS's `n/a` for what is missing, numbers in full. */
export type Cell = string | number | boolean | null | undefined;

/** A table as tab-separated text. Cells with a tab, a quote or a line break are quoted. */
export function formatTsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [columns, ...rows].map((row) => {
    if (row.length !== columns.length) {
      throw new RangeError(`a row of ${row.length} cells for ${columns.length} columns`);
    }
    return row.map(formatCell).join('\t');
  });
  return `${lines.join('\n')}\n`;
}

/** Writes a table whole or not at all (see `writeFileAtomic`). */
export function writeTsvFile(
  path: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  return writeFileAtomic(path, formatTsv(columns, rows));
}

function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined || (typeof cell === 'number' && Number.isNaN(cell))) return 'n/a';
  const text = String(cell);
  return /["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
