import type { Attribute, NotJudged } from '../../decoding/read-attributes.ts';
import { isMissing, requireColumn, type Table } from '../../formats/tsv/table.ts';

export interface AttributeChoice {
  /** The columns to read; null for all. */
  readonly columns: readonly string[] | null;
  /** Columns that are numbers, however few values they have. */
  readonly numbers: readonly string[];
  /** Columns that are classes, however many values they have. */
  readonly classes: readonly string[];
  /** Columns that are no attributes: the names of the faces, who they are. */
  readonly without: readonly string[];
}

/** Numbers with more different values than this are read as numbers, with fewer as classes. */
const mostNumericClasses = 10;
/** Words with more different values than this are names rather than classes. */
const mostClasses = 20;

/**
 * The attributes in a table of labels: a column of two values is one class (the larger number, or the later word:
 * 1 of CelebA's -1 and 1), one of more values a class each against the rest, one of many numbers a number.
 *
 * @throws FusiformError TABLE_COLUMN_UNKNOWN, naming the columns there are
 */
export function attributesOfTable(
  table: Table,
  choice: AttributeChoice,
): { attributes: Attribute[]; notJudged: NotJudged[] } {
  const attributes: Attribute[] = [];
  const notJudged: NotJudged[] = [];
  for (const name of [...(choice.columns ?? []), ...choice.numbers, ...choice.classes]) {
    requireColumn(table, name);
  }
  const named = [...new Set([...(choice.columns ?? table.columns), ...choice.numbers, ...choice.classes])];
  for (const column of named.filter((name) => !choice.without.includes(name))) {
    const cells = table.rows.map(({ values }) =>
      isMissing(values[column]) ? null : canonical(values[column]),
    );
    const known = cells.filter((cell) => cell !== null);
    const distinct = [...new Set(known)].sort(byValue);
    const refuse = (reason: string) =>
      notJudged.push({ kind: 'not judged', name: column, n: known.length, reason });
    const numeric = known.every((cell) => Number.isFinite(Number(cell)));
    if (distinct.length < 2) {
      refuse(distinct.length === 0 ? 'no face has a value' : `every face has the value ${distinct[0]}`);
    } else if (choice.numbers.includes(column) && !numeric) {
      refuse('not all values are numbers');
    } else if (isNumber(column, numeric, distinct.length, choice)) {
      attributes.push({
        name: column,
        kind: 'number',
        values: cells.map((cell) => (cell === null ? null : Number(cell))),
      });
    } else if (distinct.length > mostClasses && !choice.classes.includes(column)) {
      refuse(`${distinct.length} different values that are no numbers`);
    } else {
      const classes = distinct.length === 2 ? distinct.slice(1) : distinct;
      attributes.push(...classes.map((value) => classAttribute(column, value, cells)));
    }
  }
  return { attributes, notJudged };
}

function isNumber(column: string, numeric: boolean, nDistinct: number, choice: AttributeChoice): boolean {
  if (choice.classes.includes(column)) return false;
  return choice.numbers.includes(column) || (numeric && nDistinct > mostNumericClasses);
}

function classAttribute(column: string, value: string, cells: readonly (string | null)[]): Attribute {
  return {
    name: `${column}=${value}`,
    kind: 'class',
    values: cells.map((cell) => (cell === null ? null : cell === value ? 1 : 0)),
  };
}

/** `1`, `1.0` and ` 01` are one value. */
export function canonical(cell: string): string {
  const text = cell.trim();
  return text !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}

function byValue(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (Number.isFinite(left) && Number.isFinite(right)) return left - right;
  return a < b ? -1 : 1;
}

/** Names of the groups that faces belong to, null where there is none. @throws FusiformError TABLE_COLUMN_UNKNOWN */
export function groupsOf(table: Table, column: string): (string | null)[] {
  requireColumn(table, column);
  return table.rows.map(({ values }) => (isMissing(values[column]) ? null : canonical(values[column])));
}
