import { basename } from 'node:path';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { writeJsonFile } from '../json/json.ts';
import { writeParquetFile } from '../parquet/parquet.ts';
import { writeTsvFile } from '../tsv/write.ts';
import { columnDescriptions, rowCount, type TableColumn, valueAt } from './columns.ts';
import { formatCsv } from './csv.ts';

export type TableFormat = 'tsv' | 'csv' | 'parquet';

/** Which files a table is written as: TSV always, Parquet beside it where it is wanted. */
export function tableFormats(parquet: boolean): readonly TableFormat[] {
  return parquet ? ['tsv', 'parquet'] : ['tsv'];
}

/**
 * Writes a table in every format asked for, each file whole or not at all: `<stem>.tsv` with `n/a` for what is
 * missing, `<stem>.csv` with empty cells for it, and `<stem>.parquet` with typed columns and nulls. Descriptions and units of columns go into a sidecar
 * `<stem>.json` beside the TSV, as BIDS has it, and into the metadata of the Parquet file.
 *
 * @param options.sidecar default true; false where the descriptions stand in another file.
 * @returns the names of the files.
 * @throws FusiformError DISK_FULL, WRITE_FAILED; RangeError where the columns do not form a table
 */
export async function writeTable(
  stem: string,
  columns: readonly TableColumn[],
  formats: readonly TableFormat[] = ['tsv'],
  { sidecar = true }: { readonly sidecar?: boolean } = {},
): Promise<string[]> {
  const nRows = rowCount(columns);
  const descriptions = columnDescriptions(columns);
  const written: string[] = [];
  if (formats.includes('tsv')) {
    const names = columns.map(({ name }) => name);
    const rows = Array.from({ length: nRows }, (_, row) => columns.map((column) => valueAt(column, row)));
    await writeTsvFile(`${stem}.tsv`, names, rows);
    written.push(`${stem}.tsv`);
    if (sidecar && Object.keys(descriptions).length > 0) {
      await writeJsonFile(`${stem}.json`, descriptions);
      written.push(`${stem}.json`);
    }
  }
  if (formats.includes('csv')) {
    await writeFileAtomic(`${stem}.csv`, formatCsv(columns));
    written.push(`${stem}.csv`);
  }
  if (formats.includes('parquet')) {
    await writeParquetFile(`${stem}.parquet`, columns);
    written.push(`${stem}.parquet`);
  }
  return written.map((path) => basename(path));
}
