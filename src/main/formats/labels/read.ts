import { basename, extname } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { readFileChecked } from '../files/read.ts';
import { decodeText, parseTable } from '../tsv/table.ts';

/** What is known of images: a row an image. */
export interface LabelTable {
  readonly file: string;
  /** What the column of image names is called, or where it stands. */
  readonly nameColumn: string;
  /** The other columns. */
  readonly columns: readonly string[];
  readonly rows: readonly LabelRow[];
}

export interface LabelRow {
  /** Line of the file, the first being 1. */
  readonly line: number;
  /** The image, as the table names it. */
  readonly name: string;
  /** Cells of `columns`, exactly as they stand there. */
  readonly cells: readonly string[];
}

/** Names that label tables give to the column of image names; else it is the first column. */
const nameColumns = ['file', 'filename', 'file_name', 'image', 'image_id', 'stim_file', 'stimulus', 'name'];

/** What the numbers of CelebA's files without a header mean, by a word in the file's name. */
const headless: readonly (readonly [pattern: RegExp, column: string])[] = [
  [/identity/i, 'identity'],
  [/partition/i, 'partition'],
];

/**
 * Reads labels of images, in any of three layouts, told apart by the first line:
 *
 * - a TSV or CSV table with a header (see `readTable`);
 * - CelebA's `list_attr_celeba.txt`: the number of rows; the names of the columns; then a row an image, its name first,
 *   everything separated by blanks;
 * - CelebA's `identity_CelebA.txt` and `list_eval_partition.txt`: no header; image name and numbers, separated by blanks.
 *
 * @throws FusiformError TABLE_INVALID (also where the number of rows is not the one that the first line promises),
 *   TABLE_ROW_RAGGED with the line, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readLabelTable(path: string): Promise<LabelTable> {
  const text = decodeText(await readFileChecked(path));
  const first = text.slice(0, Math.max(0, text.search(/\r?\n|$/))).trim();
  if (/^\d+$/.test(first)) return parseCounted(text, path);
  if (/^\S+\.[a-z]{3,4}(\s+[-+.\d]+)+$/i.test(first)) return parseHeadless(text, path);
  const table = parseTable(text, path);
  const nameColumn =
    table.columns.find((name) => nameColumns.includes(name.toLowerCase())) ?? table.columns[0];
  const columns = table.columns.filter((name) => name !== nameColumn);
  return {
    file: path,
    nameColumn,
    columns,
    rows: table.rows.map(({ line, values }) => ({
      line,
      name: values[nameColumn],
      cells: columns.map((column) => values[column]),
    })),
  };
}

interface BlankSeparated {
  readonly line: number;
  readonly cells: readonly string[];
}

function splitAtBlanks(text: string): BlankSeparated[] {
  return text
    .split(/\r?\n/)
    .map((content, index) => ({ line: index + 1, cells: content.trim().split(/\s+/) }))
    .filter(({ cells }) => cells[0] !== '');
}

function parseCounted(text: string, file: string): LabelTable {
  const [count, header, ...body] = splitAtBlanks(text);
  const promised = Number(count.cells[0]);
  if (header === undefined) {
    throw new FusiformError(
      'TABLE_INVALID',
      'After the number of rows the names of the columns are missing.',
      {
        file,
        line: 1,
      },
    );
  }
  // Bounding boxes name the column of names (`image_id x_1 ...`), attributes and landmarks do not.
  const named = nameColumns.includes(header.cells[0].toLowerCase());
  const columns = named ? header.cells.slice(1) : header.cells;
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new FusiformError('TABLE_INVALID', `The column "${repeated}" stands twice in the header.`, {
      file,
      line: header.line,
    });
  }
  const rows = toRows(body, columns.length, file);
  if (rows.length !== promised) {
    throw new FusiformError(
      'TABLE_INVALID',
      `The first line promises ${promised} rows, and the table has ${rows.length}.`,
      { file, line: count.line },
    );
  }
  return { file, nameColumn: named ? header.cells[0] : 'first', columns, rows };
}

function parseHeadless(text: string, file: string): LabelTable {
  const records = splitAtBlanks(text);
  const width = records[0].cells.length - 1;
  const stem = basename(file, extname(file));
  const name = headless.find(([pattern]) => pattern.test(stem))?.[1] ?? stem;
  const columns = width === 1 ? [name] : Array.from({ length: width }, (_, index) => `${name}_${index + 1}`);
  return { file, nameColumn: 'first', columns, rows: toRows(records, width, file) };
}

function toRows(records: readonly BlankSeparated[], width: number, file: string): LabelRow[] {
  return records.map(({ line, cells: [name, ...cells] }) => {
    if (cells.length === width) return { line, name, cells };
    throw new FusiformError(
      'TABLE_ROW_RAGGED',
      `The row has ${cells.length} values after the name of the image, and there are ${width} columns.`,
      { file, line },
    );
  });
}
