import type { WorkContext } from '../../../shared/progress.ts';
import { toColumnMajor } from '../../formats/axis-order.ts';
import type { MatFile } from '../../formats/mat/open-mat.ts';
import { chooseVariable, readNumbers, sizeOf, wrongShape } from './variables.ts';

/** Values of W that are read at a time. */
const valuesAtOnce = 2 ** 20;

/**
 * The voxels that a file selects (`validindices`), counted from zero, in the file's order. MATLAB counts from one,
 * the first axis of a volume fastest.
 *
 * @throws FusiformError PUBLISHED_SHAPE where they are no distinct whole numbers from 1 on
 */
export async function readIndices(file: MatFile): Promise<Uint32Array> {
  const variable = chooseVariable(file, 'validindices');
  if (!(variable.shape.filter((size) => size !== 1).length <= 1 && sizeOf(variable) > 0)) {
    throw wrongShape(file.path, variable, 'a column or row of voxels is needed');
  }
  const { data } = await readNumbers(file, variable.name);
  const indices = new Uint32Array(data.length);
  const seen = new Set<number>();
  data.forEach((value, at) => {
    if (!(Number.isInteger(value) && value >= 1 && value <= 2 ** 32)) {
      const zero = value === 0 ? ', though MATLAB counts from 1' : '';
      throw wrongShape(file.path, variable, `element ${at + 1} is ${value}${zero}`);
    }
    if (seen.has(value)) throw wrongShape(file.path, variable, `voxel ${value} stands twice`);
    seen.add(value);
    indices[at] = value - 1;
  });
  return indices;
}

export interface PublishedWeights {
  /** [latents + 1, voxels], row-major: the latents, then the bias. */
  readonly weights: Float32Array;
  /** Positions of the voxels whose weights are not all finite, ascending; their weights are zero. */
  readonly notFinite: readonly number[];
}

/**
 * The forward model of a file (`W`), [latents + 1, voxels] with the bias of the face last, read a few thousand voxels at a
 * time. Weights are kept in float32, the precision that patterns of a scanner have.
 *
 * @throws FusiformError PUBLISHED_SHAPE where W is for another number of voxels or latents
 */
export async function readWeights(
  file: MatFile,
  nVoxels: number,
  latentDim: number,
  { report, signal }: WorkContext,
): Promise<PublishedWeights> {
  const variable = chooseVariable(file, 'W');
  const rows = latentDim + 1;
  const transposed = voxelAxisFirst(file.path, variable, nVoxels, rows);
  const weights = new Float32Array(rows * nVoxels);
  const notFinite: number[] = [];
  const step = Math.max(1, Math.floor(valuesAtOnce / rows));
  for (let from = 0; from < nVoxels; from += step) {
    signal.throwIfAborted();
    const to = Math.min(nVoxels, from + step);
    const { data } = await readNumbers(
      file,
      variable.name,
      transposed ? [[from, to], null] : [null, [from, to]],
    );
    const count = to - from;
    const part = transposed ? toColumnMajor(data, [count, rows]) : data;
    const finite = new Uint8Array(count).fill(1);
    for (let row = 0; row < rows; row++) {
      const place = row * nVoxels + from;
      for (let voxel = 0; voxel < count; voxel++) {
        const value = part[row * count + voxel];
        weights[place + voxel] = value;
        if (!Number.isFinite(value)) finite[voxel] = 0;
      }
    }
    for (let voxel = 0; voxel < count; voxel++) if (finite[voxel] === 0) notFinite.push(from + voxel);
    report({ done: to, total: nVoxels, unit: 'voxels' });
  }
  for (const voxel of notFinite) {
    for (let row = 0; row < rows; row++) weights[row * nVoxels + voxel] = 0;
  }
  return { weights, notFinite };
}

/** Whether the voxels are the first axis of W, as a program that turned the axes of HDF5 would leave them. */
function voxelAxisFirst(
  path: string,
  variable: { readonly name: string; readonly shape: readonly number[]; readonly className: string | null },
  nVoxels: number,
  rows: number,
): boolean {
  const [first, second] = variable.shape;
  if (variable.shape.length === 2) {
    if (first === rows && second === nVoxels) return false;
    if (first === nVoxels && second === rows) return true;
    if (second === nVoxels) {
      const without = first === rows - 1 ? '; the row of the bias is missing' : '';
      throw wrongShape(
        path,
        variable,
        `a model of ${rows - 1} latents needs ${rows} rows, the latents and the bias, not ${first}${without}`,
      );
    }
  }
  throw wrongShape(
    path,
    variable,
    `validindices names ${nVoxels} voxels, and ${rows} x ${nVoxels} is needed`,
  );
}

/**
 * How far `invcovW` is from being the inverse of `W W'`: the relative length of `invcovW (W W' v) - v` for one fixed v;
 * null where the file has no such variable.
 *
 * @throws FusiformError PUBLISHED_SHAPE
 */
export async function inverseResidual(
  file: MatFile,
  weights: Float32Array,
  rows: number,
): Promise<number | null> {
  const variable = file.variables.get('invcovW');
  if (variable === undefined) return null;
  if (variable.shape.length !== 2 || variable.shape.some((size) => size !== rows)) {
    throw wrongShape(file.path, variable, `${rows} x ${rows} is needed, as W has ${rows} rows`);
  }
  const { data: inverse } = await readNumbers(file, variable.name);
  const nVoxels = weights.length / rows;
  const v = Float64Array.from({ length: rows }, (_, row) => Math.cos(row + 1));
  const seen = new Float64Array(nVoxels);
  for (let row = 0; row < rows; row++) {
    for (let voxel = 0; voxel < nVoxels; voxel++) seen[voxel] += v[row] * weights[row * nVoxels + voxel];
  }
  const product = v.map((_, row) => {
    let sum = 0;
    for (let voxel = 0; voxel < nVoxels; voxel++) sum += weights[row * nVoxels + voxel] * seen[voxel];
    return sum;
  });
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    let sum = -v[row];
    for (let other = 0; other < rows; other++) sum += inverse[row * rows + other] * product[other];
    squares += sum * sum;
  }
  return Math.sqrt(squares / v.reduce((sum, value) => sum + value * value, 0));
}
