import { File, ready } from 'h5wasm/node';
import type { NumericArray } from '../../../src/main/math/nd-array.ts';

export interface MatlabArray {
  /** As MATLAB shows it. */
  readonly shape: readonly number[];
  /** With the first axis contiguous, as MATLAB keeps them. */
  readonly columnMajor: NumericArray;
}

/** Row-major values of a matrix as MATLAB keeps them. */
export function matrixOf<T extends Float32Array | Float64Array>(
  rowMajor: T,
  rows: number,
  columns: number,
): MatlabArray {
  const columnMajor = rowMajor.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      columnMajor[column * rows + row] = rowMajor[row * columns + column];
    }
  }
  return { shape: [rows, columns], columnMajor };
}

/** Writes variables as `save -v7.3` does: HDF5 with the axes reversed, in compressed chunks, classes as attributes. */
export async function writeMatlab73(
  path: string,
  variables: Readonly<Record<string, MatlabArray>>,
): Promise<void> {
  await ready;
  const file = new File(path, 'w');
  for (const [name, { shape, columnMajor }] of Object.entries(variables)) {
    const reversed = [...shape].reverse();
    const dataset = file.create_dataset({
      name,
      data: columnMajor,
      shape: reversed,
      chunks: reversed.map((size) => Math.min(size, 50)),
      compression: 3,
    });
    const className =
      columnMajor instanceof Float64Array
        ? 'double'
        : columnMajor instanceof Float32Array
          ? 'single'
          : 'uint8';
    dataset.create_attribute('MATLAB_class', className);
  }
  file.close();
}
