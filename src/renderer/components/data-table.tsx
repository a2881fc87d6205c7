import { type ReactNode, useMemo, useState } from 'react';
import {
  Cell,
  Column,
  Row,
  type SortDescriptor,
  Table,
  TableBody,
  TableHeader,
  TableLayout,
  Virtualizer,
} from 'react-aria-components';

export interface TableColumn<Item> {
  readonly id: string;
  readonly name: string;
  /** What is shown, and what is sorted by unless `sort` says otherwise. */
  readonly value: (item: Item) => string | number | null;
  readonly show?: (item: Item) => ReactNode;
  readonly isNumber?: boolean;
  /** Pixels; without it the column takes its share of what is left. */
  readonly width?: number;
}

export interface DataTableProps<Item> {
  readonly label: string;
  readonly columns: readonly TableColumn<Item>[];
  readonly rows: readonly Item[];
  readonly idOf: (item: Item) => string;
  readonly selected?: string | null;
  readonly onSelect?: (id: string | null) => void;
  /** Enter or a double click on a row. */
  readonly onOpen?: (id: string) => void;
  /** Pixels; rows beyond it are scrolled to, and only those in sight are drawn. */
  readonly height?: number;
  /** What belongs here, while there is nothing. */
  readonly empty?: string;
}

/** A table that sorts by every column, and holds any number of rows. */
export function DataTable<Item extends object>({
  label,
  columns,
  rows,
  idOf,
  selected = null,
  onSelect,
  onOpen,
  height = 320,
  empty = 'Nothing yet.',
}: DataTableProps<Item>) {
  const [order, setOrder] = useState<SortDescriptor | null>(null);
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  const needed = Math.min(height, (rows.length + 1) * rowHeight + 4);
  return (
    <Virtualizer layout={TableLayout} layoutOptions={{ rowHeight, headingHeight: rowHeight }}>
      <Table
        aria-label={label}
        className="table"
        // The policy allows no style attributes in the page; a property set by script is none.
        style={{ height: Math.max(needed, 3 * rowHeight) }}
        selectionMode={onSelect ? 'single' : 'none'}
        selectionBehavior="replace"
        selectedKeys={selected === null ? [] : [selected]}
        onSelectionChange={(keys) => {
          if (keys !== 'all') onSelect?.(keys.size === 0 ? null : String([...keys][0]));
        }}
        {...(onOpen ? { onRowAction: (key) => onOpen(String(key)) } : {})}
        {...(order === null ? {} : { sortDescriptor: order })}
        onSortChange={setOrder}
      >
        <TableHeader>
          {columns.map(({ id, name, isNumber, width }, at) => (
            <Column
              key={id}
              id={columnKey(id)}
              isRowHeader={at === 0}
              allowsSorting
              className={isNumber ? 'number' : 'words'}
              {...(width === undefined ? { minWidth: 60 } : { width })}
            >
              {({ sortDirection }) => (
                <span title={name}>
                  {name}
                  {sortDirection && (sortDirection === 'ascending' ? ' ▲' : ' ▼')}
                </span>
              )}
            </Column>
          ))}
        </TableHeader>
        <TableBody items={sorted.map((item) => ({ id: idOf(item), item }))} renderEmptyState={() => empty}>
          {({ id, item }) => (
            <Row id={id}>
              {columns.map((column) => (
                <Cell key={column.id} className={column.isNumber ? 'number' : 'words'}>
                  {column.show ? column.show(item) : (column.value(item) ?? '–')}
                </Cell>
              ))}
            </Row>
          )}
        </TableBody>
      </Table>
    </Virtualizer>
  );
}

const rowHeight = 28;
/** Columns and rows share one space of keys: a row may be called as a column is. */
const columnKey = (id: string) => `column ${id}`;

/** Numbers by their size, words as people read them, and what is missing last. */
function sortRows<Item>(
  rows: readonly Item[],
  columns: readonly TableColumn<Item>[],
  order: SortDescriptor | null,
): readonly Item[] {
  const column = columns.find(({ id }) => columnKey(id) === order?.column);
  if (column === undefined) return rows;
  const sign = order?.direction === 'descending' ? -1 : 1;
  return [...rows].sort((first, second) => {
    const [a, b] = [column.value(first), column.value(second)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
  });
}
