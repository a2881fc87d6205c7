import type { TopLevelSpec } from 'vega-lite';
import type { Markup } from '../../formats/html/html.ts';
import type { TableColumn, TableValue } from '../../formats/table/columns.ts';

/** A report before it is a page or files: what both are made from. */
export interface Report {
  readonly title: string;
  /** What a reader in a hurry is told. */
  readonly lead: string;
  /** Said above all else, such as that results are stale. */
  readonly warnings: readonly string[];
  readonly sections: readonly Section[];
  /** Files that stand beside the page, by the names that it links to. */
  readonly attachments: readonly { readonly name: string; readonly path: string }[];
}

export interface Section {
  /** In links, and unique in the page. */
  readonly id: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** What could stand here and does not, and why. */
  | { readonly kind: 'missing'; readonly text: string }
  | { readonly kind: 'table'; readonly table: ReportTable }
  | { readonly kind: 'figure'; readonly figure: ReportFigure }
  | { readonly kind: 'markup'; readonly markup: Markup };

/** How the values of a column are shown; the files hold them as they are. */
export type Shown = 'text' | 'percent' | 'decimal' | 'tenths' | 'number' | 'p' | 'count' | 'seconds';

export type ReportColumn = TableColumn & { readonly heading: string; readonly shown: Shown };

export interface ReportTable {
  /** Of its files. */
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly ReportColumn[];
  /** Behind a line that opens it, where it is long and few will read it. */
  readonly folded?: boolean;
  /** Rows that the page shows; the files hold all. Default: all. */
  readonly rowsShown?: number;
}

export interface ReportFigure {
  /** Of its files. */
  readonly name: string;
  readonly caption: string;
  /** For who cannot see it. */
  readonly alt: string;
  /** A chart to draw, or a drawing that is there already. */
  readonly drawing: TopLevelSpec | { readonly svg: string };
}

export const text = (content: string): Block => ({ kind: 'text', text: content });
export const note = (content: string): Block => ({ kind: 'note', text: content });
export const missing = (content: string): Block => ({ kind: 'missing', text: content });
export const heading = (content: string): Block => ({ kind: 'heading', text: content });
export const tableBlock = (table: ReportTable): Block => ({ kind: 'table', table });
export const figureBlock = (figure: ReportFigure): Block => ({ kind: 'figure', figure });

/** A column of texts: what `value` makes of each row. */
export function textColumn<Row>(
  rows: readonly Row[],
  name: string,
  head: string,
  value: (row: Row, at: number) => string | null,
  description?: string,
): ReportColumn {
  return {
    name,
    heading: head,
    shown: 'text',
    type: 'string',
    values: rows.map(value),
    ...about(description),
  };
}

/** A column of numbers: what `value` makes of each row; undefined is a gap, as null is. */
export function numberColumn<Row>(
  rows: readonly Row[],
  name: string,
  head: string,
  shown: Exclude<Shown, 'text'>,
  value: (row: Row, at: number) => number | null | undefined,
  description?: string,
): ReportColumn {
  return {
    name,
    heading: head,
    shown,
    type: shown === 'count' ? 'int' : 'double',
    values: rows.map((row, at) => value(row, at) ?? null),
    ...about(description),
  };
}

function about(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description };
}

/** A value as the page shows it. */
export function show(value: TableValue, shown: Shown): string {
  if (value === null) return '–';
  if (typeof value !== 'number') return String(value);
  switch (shown) {
    case 'percent':
      return `${(100 * value).toFixed(1)}\u00a0%`;
    case 'decimal':
      return value.toFixed(3);
    case 'tenths':
      return value.toFixed(1);
    case 'number':
      return String(Number(value.toPrecision(6)));
    case 'p':
      return value < 0.001 ? value.toExponential(1) : value.toFixed(3);
    case 'count':
      return value.toLocaleString('en');
    case 'seconds':
      return `${value.toFixed(1)}\u00a0s`;
    default:
      return String(value);
  }
}

/** Figures and tables of a report in the order in which they stand. */
export function partsOf({ sections }: Report): { tables: ReportTable[]; figures: ReportFigure[] } {
  const blocks = sections.flatMap((section) => section.blocks);
  return {
    tables: blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : [])),
    figures: blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure] : [])),
  };
}
