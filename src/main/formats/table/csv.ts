import { rowCount, type TableColumn, type TableValue, valueAt } from './columns.ts';

/** A table as comma-separated text (RFC 4180), what is missing as an empty cell. */
export function formatCsv(columns: readonly TableColumn[]): string {
  const rows = Array.from({ length: rowCount(columns) }, (_, row) =>
    columns.map((column) => valueAt(column, row)),
  );
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(formatCell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function formatCell(value: TableValue): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
