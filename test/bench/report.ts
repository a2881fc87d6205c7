import type { Row, Target } from './benchmark.ts';
import type { Machine } from './machine.ts';

const titles = ['name', 'figure', 'range', 'unit', 'target', 'holds', 'how measured'];

/** The rows as text columns. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [titles, ...rows.map(cellsOf)];
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const lines = cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

function cellsOf({ name, figure, range, unit, target, holds, how }: Row): string[] {
  return [
    name,
    figure === null ? '-' : digits(figure),
    range === null ? '' : `${digits(range[0])} to ${digits(range[1])}`,
    unit,
    target === null ? '' : formatTarget(target),
    holds === null ? '' : holds ? 'yes' : 'NO',
    how,
  ];
}

function formatTarget(target: Target): string {
  return 'atLeast' in target ? `>= ${target.atLeast}` : `<= ${target.atMost}`;
}

/** Three significant digits; whole numbers above. */
function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function formatMachine(machine: Machine): string {
  const { date, node, platform, processor, cores, memoryBytes, load, engines } = machine;
  const memory = (memoryBytes / 2 ** 30).toFixed(0);
  return (
    `${date}  node ${node}, ${platform}, ${processor}, ${cores} cores, ${memory} GiB, ` +
    `load ${load.toFixed(1)}; engines: ${engines.join(', ')}`
  );
}
