import type { WorkContext } from '../../shared/progress.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import type { Design } from './design.ts';
import type { LeastSquares } from './least-squares.ts';
import { voxelMeans } from './linear-fit.ts';

/** Voxels at a time: a block of 200 volumes stays in the second-level cache. */
const BLOCK = 128;

/** One run's data and what is estimated from them, filled voxel by voxel. */
export class RunEstimates {
  readonly nVoxels: number;
  readonly nTime: number;
  /** [columns, nVoxels] */
  readonly beta: Float64Array;
  /** [nVoxels]: residual sum of squares / degrees of freedom. */
  readonly residualVariance: Float64Array;
  /** [nVoxels]: sum of squares about the mean; about the constant as whitened, where the data are. */
  readonly totalSquares: Float64Array;
  readonly #y: Float32Array;
  /** [nVoxels]: what is taken off before fitting; the voxel's mean where the model has a constant. */
  readonly #offsets: Float64Array;
  readonly #constant: { column: number; value: number } | null;
  readonly #work: WorkContext | undefined;

  /**
   * @param y [nTime, nVoxels]
   * @throws FusiformError DATA_NOT_FINITE
   */
  constructor(design: Design, y: Float32Array, nVoxels: number, work?: WorkContext) {
    this.nTime = design.columns.rows;
    this.nVoxels = nVoxels;
    const means = voxelMeans(y, this.nTime, nVoxels);
    this.#y = y;
    this.#constant = constantColumn(design.columns);
    this.#offsets = this.#constant === null ? new Float64Array(nVoxels) : means;
    this.#work = work;
    this.beta = new Float64Array(design.names.length * nVoxels);
    this.residualVariance = new Float64Array(nVoxels);
    this.totalSquares = new Float64Array(nVoxels);
  }

  /** Goes through voxels in blocks: [nTime, size] each, less their means, and the voxels in it. */
  forEachBlock(
    voxels: ArrayLike<number> | null,
    use: (block: Matrix, voxelAt: (v: number) => number) => void,
  ): void {
    const count = voxels?.length ?? this.nVoxels;
    for (let start = 0; start < count; start += BLOCK) {
      if ((start / BLOCK) % 64 === 0) {
        this.#work?.signal.throwIfAborted();
        this.#work?.report({ done: start, total: count, unit: 'voxels' });
      }
      const size = Math.min(BLOCK, count - start);
      const block = matrix(this.nTime, size);
      for (let t = 0; t < this.nTime; t++) {
        const from = t * this.nVoxels;
        const to = t * size;
        if (voxels === null) {
          for (let v = 0; v < size; v++) {
            block.data[to + v] = this.#y[from + start + v] - this.#offsets[start + v];
          }
        } else {
          for (let v = 0; v < size; v++) {
            const voxel = voxels[start + v];
            block.data[to + v] = this.#y[from + voxel] - this.#offsets[voxel];
          }
        }
      }
      use(block, voxels === null ? (v) => start + v : (v) => voxels[start + v]);
    }
  }

  /**
   * Fits a design to voxels, both whitened or neither.
   * @param whiten a block of data into data of white noise
   * @param constant [nTime]: the constant as `whiten` leaves it
   */
  fit(
    leastSquares: LeastSquares,
    voxels: ArrayLike<number> | null,
    whiten: (block: Matrix) => Matrix,
    constant: Float64Array,
  ): void {
    this.forEachBlock(voxels, (raw, voxelAt) => {
      const block = whiten(raw);
      const first = voxelAt(0);
      const squares = leastSquares.fit(block, (column, coefficients) => {
        const at = column * this.nVoxels;
        if (voxels === null) this.beta.set(coefficients, at + first);
        else for (let v = 0; v < block.cols; v++) this.beta[at + voxelAt(v)] = coefficients[v];
      });
      const totals = squaresAbout(block, constant);
      for (let v = 0; v < block.cols; v++) {
        this.residualVariance[voxelAt(v)] = squares[v] / leastSquares.dof;
        this.totalSquares[voxelAt(v)] = totals[v];
      }
    });
  }

  /** Gives the constant its means back, and clears voxels that never change: their t would be one of rounding errors. */
  finish(): void {
    const constant = this.#constant;
    if (constant === null) return;
    const { nVoxels, nTime, beta } = this;
    for (let v = 0; v < nVoxels; v++)
      beta[constant.column * nVoxels + v] += this.#offsets[v] / constant.value;
    for (let v = 0; v < nVoxels; v++) {
      let t = 1;
      while (t < nTime && this.#y[t * nVoxels + v] === this.#y[v]) t++;
      if (t < nTime) continue;
      for (let i = v; i < beta.length; i += nVoxels) beta[i] = 0;
      beta[constant.column * nVoxels + v] = this.#y[v] / constant.value;
      this.residualVariance[v] = 0;
      this.totalSquares[v] = 0;
    }
    this.#work?.report({ done: nVoxels, total: nVoxels, unit: 'voxels' });
  }
}

/** Sums of squares of a block's voxels about their projection on a vector. */
function squaresAbout(block: Matrix, vector: Float64Array): Float64Array {
  const { rows, cols, data } = block;
  const squares = new Float64Array(cols);
  const products = new Float64Array(cols);
  let length = 0;
  for (let t = 0; t < rows; t++) {
    length += vector[t] ** 2;
    for (let v = 0; v < cols; v++) {
      const value = data[t * cols + v];
      squares[v] += value * value;
      products[v] += value * vector[t];
    }
  }
  return squares.map((square, v) => square - products[v] ** 2 / length);
}

function constantColumn({ rows, cols, data }: Matrix): { column: number; value: number } | null {
  for (let column = cols - 1; column >= 0; column--) {
    const value = data[column];
    let same = value !== 0;
    for (let i = 1; same && i < rows; i++) same = data[i * cols + column] === value;
    if (same) return { column, value };
  }
  return null;
}
