import type { NumericArray } from '../math/nd-array.ts';

/** Values of one order of axes in the other: Fortran's and MATLAB's (the first axis contiguous) to row-major. */
export function toRowMajor<T extends NumericArray>(columnMajor: T, shape: readonly number[]): T {
  return reordered(columnMajor, shape);
}

/** Row-major values in Fortran's and MATLAB's order. */
export function toColumnMajor<T extends NumericArray>(rowMajor: T, shape: readonly number[]): T {
  // Column-major is row-major of the turned shape.
  return reordered(rowMajor, shape.toReversed());
}

/** Values of a tile lie within a few pages of memory, whichever way it is gone through. */
const tile = 32;

/** The first axis of the source is contiguous, and the last axis of the result: each plane of the two is turned by tiles. */
function reordered<T extends NumericArray>(source: T, shape: readonly number[]): T {
  if (source.length === 0 || shape.filter((size) => size > 1).length < 2) return source.slice() as T;
  const result = new (source.constructor as new (length: number) => T)(source.length);
  const last = shape.length - 1;
  const [rows, columns] = [shape[0], shape[last]];
  const inner = source.length / rows;
  const step = source.length / columns;
  // The axes between them: in the source the earlier ones are faster, in the result the later ones.
  const between = shape.slice(1, last);
  const index = between.map(() => 0);
  for (let plane = 0; plane < source.length / (rows * columns); plane++) {
    let from = 0;
    let to = 0;
    for (let axis = between.length - 1; axis >= 0; axis--) from = from * between[axis] + index[axis];
    for (let axis = 0; axis < between.length; axis++) to = to * between[axis] + index[axis];
    from *= rows;
    to *= columns;
    for (let row = 0; row < rows; row += tile) {
      for (let column = 0; column < columns; column += tile) {
        const rowEnd = Math.min(rows, row + tile);
        const columnEnd = Math.min(columns, column + tile);
        for (let r = row; r < rowEnd; r++) {
          for (let c = column; c < columnEnd; c++) result[to + r * inner + c] = source[from + r + c * step];
        }
      }
    }
    for (let axis = between.length - 1; axis >= 0; axis--) {
      index[axis] += 1;
      if (index[axis] < between[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}
