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

/** Goes through the result in row-major order of `shape`, and through the source with the first axis fastest. */
function reordered<T extends NumericArray>(source: T, shape: readonly number[]): T {
  const result = source.slice() as T;
  if (shape.filter((size) => size > 1).length < 2) return result;
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape) {
    strides.push(stride);
    stride *= size;
  }
  const last = shape.length - 1;
  const [run, step] = [shape[last], strides[last]];
  const index = shape.map(() => 0);
  for (let to = 0; to < result.length; to += run) {
    let from = 0;
    for (let axis = 0; axis < last; axis++) from += index[axis] * strides[axis];
    for (let at = 0; at < run; at++, from += step) result[to + at] = source[from];
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis] += 1;
      if (index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}
