import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { FusiformError } from '../../../shared/errors.ts';
import { appVersion } from '../../../shared/version.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { readFileChecked } from '../files/read.ts';
import {
  columnDescriptions,
  rowCount,
  type TableColumn,
  type TableValue,
  valueAt,
} from '../table/columns.ts';

/** Under this key the file holds the descriptions and units of its columns, as JSON in BIDS's words. */
const descriptionKey = 'columns';

const types = { double: 'DOUBLE', int: 'INT64', string: 'STRING', bool: 'BOOLEAN' } as const;

/**
 * Writes a table as Parquet: double, int64, boolean and UTF-8 columns that may hold nulls, compressed with Snappy.
 *
 * @throws FusiformError DISK_FULL, WRITE_FAILED
 */
export function writeParquetFile(path: string, columns: readonly TableColumn[]): Promise<void> {
  const nRows = rowCount(columns);
  const bytes = parquetWriteBuffer({
    columnData: columns.map((column) => ({
      name: column.name,
      type: types[column.type],
      nullable: true,
      data: Array.from({ length: nRows }, (_, row) => stored(column, row)),
    })),
    kvMetadata: [{ key: descriptionKey, value: JSON.stringify(columnDescriptions(columns)) }],
    createdBy: `Fusiform ${appVersion}`,
  });
  return writeFileAtomic(path, new Uint8Array(bytes));
}

function stored(column: TableColumn, row: number): TableValue | bigint {
  const value = valueAt(column, row);
  return column.type === 'int' && typeof value === 'number' ? BigInt(value) : value;
}

export interface ParquetTable {
  readonly columns: readonly string[];
  /** A record a row; whole numbers as numbers. */
  readonly rows: readonly Readonly<Record<string, TableValue>>[];
  /** Descriptions and units by column, where the file holds them. */
  readonly descriptions: Readonly<Record<string, { Description?: string; Units?: string }>>;
}

/**
 * Reads a flat Parquet table.
 *
 * @throws FusiformError PARQUET_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readParquetFile(path: string): Promise<ParquetTable> {
  const bytes = await readFileChecked(path);
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    slice: (start, end) => Uint8Array.from(bytes.subarray(start, end)).buffer,
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    const rows = (await parquetReadObjects({ file, metadata })) as Record<string, TableValue | bigint>[];
    const described = metadata.key_value_metadata?.find(({ key }) => key === descriptionKey)?.value;
    return {
      columns: parquetSchema(metadata).children.map(({ element }) => element.name),
      rows: rows.map((row) => Object.fromEntries(Object.entries(row).map(asNumber))),
      descriptions: JSON.parse(described ?? '{}') as ParquetTable['descriptions'],
    };
  } catch (error) {
    throw new FusiformError('PARQUET_INVALID', `The file is no Parquet table: ${(error as Error).message}.`, {
      file: path,
      cause: error,
    });
  }
}

function asNumber([name, value]: [string, TableValue | bigint]): [string, TableValue] {
  return [name, typeof value === 'bigint' ? Number(value) : value];
}
