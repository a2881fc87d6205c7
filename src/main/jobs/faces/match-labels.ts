import { basename } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { LabelTable } from '../../formats/labels/read.ts';

/** What is known of the images, over all tables. */
export interface Labels {
  readonly columns: readonly string[];
  /** Cells of `columns` for the image at a position. */
  row(image: number): readonly string[];
  readonly tables: readonly LabelTableFacts[];
  readonly problems: readonly Problem[];
}

/** How a table fitted the images. */
export type LabelTableFacts = {
  readonly file: string;
  readonly columns: number;
  readonly rows: number;
  /** Images that a row names. */
  readonly matched: number;
};

const noLabel = 'n/a';
/** Rows without an image are listed one by one up to this many a table, and counted beyond. */
const listedRows = 20;

/**
 * Finds the rows of each image: by the path below the folder, or by the bare file name where that is unique. Names are
 * compared in Unicode's composed form, since file systems and tables write accents in either.
 *
 * @param files images, as paths below their folder.
 * @throws FusiformError LABELS_MATCH_NONE where a table names none of the images, TABLE_INVALID where two tables
 *   have a column of the same name
 */
export function matchLabels(tables: readonly LabelTable[], files: readonly string[]): Labels {
  const known = namesOf(files);
  const problems: Problem[] = [];
  const matches = tables.map((table) => matchTable(table, files, known, problems));
  const columns = tables.flatMap((table) => table.columns);
  tables.forEach((table, index) => {
    const earlier = tables.slice(0, index).flatMap((other) => other.columns);
    const repeated = table.columns.find((column) => earlier.includes(column));
    if (repeated === undefined) return;
    throw new FusiformError('TABLE_INVALID', `The column "${repeated}" stands in another table already.`, {
      file: table.file,
      line: 1,
    });
  });
  return {
    columns,
    row: (image) => matches.flatMap(({ cells }, table) => cells[image] ?? noLabels(tables[table])),
    tables: tables.map(({ file, columns: { length }, rows }, index) => ({
      file: basename(file),
      columns: length,
      rows: rows.length,
      matched: matches[index].matched,
    })),
    problems,
  };
}

function noLabels(table: LabelTable): string[] {
  return table.columns.map(() => noLabel);
}

function matchTable(
  table: LabelTable,
  files: readonly string[],
  known: ReadonlyMap<string, number>,
  problems: Problem[],
): { cells: readonly (readonly string[] | undefined)[]; matched: number } {
  const cells: (readonly string[] | undefined)[] = new Array(files.length).fill(undefined);
  let matched = 0;
  const unknown: { name: string; line: number }[] = [];
  for (const { name, line, cells: values } of table.rows) {
    const image = known.get(canonical(name));
    if (image === undefined) unknown.push({ name, line });
    else if (cells[image] === undefined) {
      cells[image] = values;
      matched++;
    } else if (cells[image].join('\t') !== values.join('\t')) {
      problems.push(
        new FusiformError('LABELS_REPEATED_IMAGE', `"${name}" has other labels on an earlier line.`, {
          file: table.file,
          line,
        }).toProblem(),
      );
    }
  }
  if (matched === 0) {
    throw new FusiformError(
      'LABELS_MATCH_NONE',
      `No row names one of the ${files.length} images (looked in column "${table.nameColumn}", e.g. "${table.rows[0]?.name ?? ''}"; an image is named "${files[0]}").`,
      { file: table.file, line: table.rows[0]?.line ?? 1 },
    );
  }
  for (const { name, line } of unknown.slice(0, listedRows)) {
    problems.push(
      unknownImage(table.file, line, `The label names "${name}", which is not among the images.`),
    );
  }
  const more = unknown.length - listedRows;
  if (more > 0) {
    const { line } = unknown[listedRows];
    problems.push(
      unknownImage(table.file, line, `From here on ${more} more rows name images that are not there.`),
    );
  }
  return { cells, matched };
}

function unknownImage(file: string, line: number, message: string): Problem {
  return new FusiformError('LABELS_UNKNOWN_IMAGE', message, { file, line }).toProblem();
}

function canonical(name: string): string {
  return name
    .trim()
    .replace(/^\.?\//, '')
    .normalize('NFC');
}

/** Position of the image that a name stands for. */
function namesOf(files: readonly string[]): Map<string, number> {
  const names = new Map<string, number>();
  const shared = new Set<string>();
  files.forEach((file, index) => {
    const base = canonical(file.slice(file.lastIndexOf('/') + 1));
    if (names.has(base)) shared.add(base);
    names.set(base, index);
  });
  for (const base of shared) names.delete(base);
  files.forEach((file, index) => {
    names.set(canonical(file), index);
  });
  return names;
}

/** Images sorted into folders are labelled by them, as `folder`. */
export function labelsFromFolders(files: readonly string[]): Labels {
  const folderOf = (file: string) => file.slice(0, Math.max(0, file.lastIndexOf('/'))) || '.';
  const sorted = new Set(files.map(folderOf)).size > 1;
  return {
    columns: sorted ? ['folder'] : [],
    row: (image) => (sorted ? [folderOf(files[image])] : []),
    tables: [],
    problems: [],
  };
}
