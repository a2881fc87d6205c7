/** Rows of faces in one picture: few pictures for the host to make, and few to lay out. */
export const rowsOfBand = 4;

/** Where faces stand in a grid of so many columns. */
export interface GridShape {
  readonly total: number;
  readonly columns: number;
}

/** Where a key leads from a position of the grid; null where it leads nowhere. */
export function moveInGrid(
  key: string,
  from: number,
  { total, columns }: GridShape,
  rowsOfPage: number,
): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * rowsOfPage,
    PageDown: columns * rowsOfPage,
  };
  if (total === 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return total - 1;
  const step = steps[key];
  if (step === undefined) return null;
  const to = from + step;
  // Up from the first row, down from the last: one stays; a page ends at the edge.
  if (to < 0 || to >= total) return key.startsWith('Page') ? (to < 0 ? 0 : total - 1) : from;
  return to;
}

/** Address of the picture of a band of faces. */
export function bandAddress(
  { project, artifact }: { readonly project: string; readonly artifact: string },
  band: number,
  { total, columns }: GridShape,
  indices: readonly number[] | null,
): string {
  const from = band * columns * rowsOfBand;
  const count = Math.min(columns * rowsOfBand, total - from);
  const rows =
    indices === null
      ? `from=${from}&count=${count}`
      : `indices=${indices.slice(from, from + count).join(',')}`;
  return `/data/${project}/faces/${artifact}/sheet.png?${rows}&columns=${columns}`;
}

/** Position of a face in the grid: of ascending indices, by halving; null where it is not among them. */
export function positionOf(face: number, total: number, indices: readonly number[] | null): number | null {
  if (indices === null) return face < total ? face : null;
  let [low, high] = [0, indices.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indices[middle] < face) low = middle + 1;
    else high = middle;
  }
  return indices[low] === face ? low : null;
}
