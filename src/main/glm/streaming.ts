import { FusiformError } from '../../shared/errors.ts';
import type { WorkContext } from '../../shared/progress.ts';
import type { Engine } from '../engine/engine.ts';
import { gram, type Matrix, matrix, multiply } from '../math/matrix.ts';
import type { NamedArrays } from '../math/nd-array.ts';
import { orthonormalBasis } from '../math/qr.ts';
import { selectColumns } from './design.ts';
import { type LinearFit, voxelMeans } from './linear-fit.ts';
import { factorSystem, positionsOf } from './normal-system.ts';
import { projectedOut, spansConstant } from './nuisance.ts';
import { engineMultiplier, engineProduct, loopMultiplier, loopProduct } from './streaming-products.ts';

/** Voxels that go through an engine, or through the loops, at a time. */
const ENGINE_CHUNK = 4096;
const LOOP_CHUNK = 128;

export interface SolveOptions {
  /** Added to the diagonal of X'X; default 0. With a ridge, t statistics of the fit have no meaning. */
  readonly ridge?: number;
  /** Multiplies in float32 on an engine; default null, float64 loops. */
  readonly engine?: Engine | null;
  readonly work?: WorkContext;
}

export interface NormalSolution extends LinearFit {
  /** [names.length, nVoxels] */
  readonly beta: Float32Array;
  /** [nVoxels] */
  readonly residualSumOfSquares: Float64Array;
}

/**
 * Least squares over any number of runs that are never in memory together.
 *
 * Each run's nuisance (drift, motion, constant) is projected out of its design and its data; by the theorem of
 * Frisch, Waugh and Lovell the coefficients, residuals and degrees of freedom are then those of the one large model
 * in which every run has its own nuisance columns. What is kept are the sums X'X, X'Y, y'y and counts: runs may come
 * in any order, on several machines, and be merged.
 *
 * Projections and X'X are in float64; on an engine the data's part is in float32. Where a run's nuisance contains a
 * constant, the voxels' means are taken off in float64 first, so that a signal of 1 on a baseline of 1000 keeps its
 * digits.
 */
export class NormalEquations {
  readonly names: readonly string[];
  readonly nVoxels: number;
  /** X'X, [names.length, names.length]. */
  readonly #gram: Matrix;
  /** X'Y, [names.length, nVoxels]. */
  readonly #crossProduct: Float64Array | Float32Array;
  /** y'y, [nVoxels]. */
  readonly #squares: Float64Array;
  #nObservations = 0;
  #nuisanceRank = 0;
  #nRuns = 0;
  /** Runs begun and not finished: the sums are then of no use. */
  #unfinished = 0;

  private constructor(
    names: readonly string[],
    nVoxels: number,
    sums: { gram: Matrix; crossProduct: Float64Array | Float32Array; squares: Float64Array },
  ) {
    this.names = names;
    this.nVoxels = nVoxels;
    this.#gram = sums.gram;
    this.#crossProduct = sums.crossProduct;
    this.#squares = sums.squares;
  }

  /**
   * @param names of the regressors that all runs share; a regressor that a run does not have is zero in it
   * @param precision of X'Y, the largest sum: float64 (default) or float32, half the memory (1100 regressors of
   *   100,000 voxels take 440 MB), at a relative error of about 1e-6 over 100 runs
   */
  static create(
    names: readonly string[],
    nVoxels: number,
    { precision = 'float64' }: { readonly precision?: 'float64' | 'float32' } = {},
  ): NormalEquations {
    const size = names.length * nVoxels;
    return new NormalEquations(names, nVoxels, {
      gram: matrix(names.length, names.length),
      crossProduct: precision === 'float64' ? new Float64Array(size) : new Float32Array(size),
      squares: new Float64Array(nVoxels),
    });
  }

  /** Runs added so far. */
  get nRuns(): number {
    return this.#nRuns;
  }

  /** Volumes less the ranks of the runs' nuisance: the degrees of freedom before the regressors take theirs. */
  get nEffectiveObservations(): number {
    return this.#nObservations - this.#nuisanceRank;
  }

  /**
   * Adds a run. When it throws or is aborted after it began to add, the sums are spoilt, and every later use says so:
   * go on from a checkpoint.
   * @param engine null: float64 loops, the reference
   * @param x [nTime, names.length]
   * @param nuisance [nTime, any number]; dependent columns do no harm
   * @param y [nTime, nVoxels]; not changed
   * @throws FusiformError DATA_NOT_FINITE
   */
  async addRun(
    engine: Engine | null,
    x: Matrix,
    nuisance: Matrix,
    y: Float32Array,
    work?: WorkContext,
  ): Promise<void> {
    const nTime = x.rows;
    if (x.cols !== this.names.length || nuisance.rows !== nTime) {
      throw new RangeError(
        `A run of ${nTime} x ${x.cols} regressors and ${nuisance.rows} x ${nuisance.cols} nuisance ` +
          `does not fit ${this.names.length} regressors`,
      );
    }
    const means = voxelMeans(y, nTime, this.nVoxels);
    const { q } = orthonormalBasis(nuisance);
    if (!spansConstant(q)) means.fill(0);
    const residual = projectedOut(x, q);
    const active = residual.nonZero;
    const xActive = selectColumns(residual.columns, active);

    work?.signal.throwIfAborted();
    this.#unfinished++;
    this.#addGram(gram(xActive), active);
    const chunk = engine === null ? LOOP_CHUNK : ENGINE_CHUNK;
    const product = engine === null ? loopProduct(xActive, q) : engineProduct(engine, xActive, q);
    try {
      for (let start = 0; start < this.nVoxels; start += chunk) {
        if ((start / chunk) % (ENGINE_CHUNK / chunk) === 0) {
          work?.signal.throwIfAborted();
          work?.report({ done: start, total: this.nVoxels, unit: 'voxels' });
        }
        const size = Math.min(chunk, this.nVoxels - start);
        const { crossProduct: added, squares } = await product.apply(y, means, start, size);
        active.forEach((row, i) => {
          const to = row * this.nVoxels + start;
          for (let v = 0; v < size; v++) this.#crossProduct[to + v] += added[i * size + v];
        });
        for (let v = 0; v < size; v++) this.#squares[start + v] += squares[v];
      }
    } finally {
      product.dispose();
    }
    this.#nObservations += nTime;
    this.#nuisanceRank += q.cols;
    this.#nRuns++;
    this.#unfinished--;
    work?.report({ done: this.nVoxels, total: this.nVoxels, unit: 'voxels' });
  }

  /** Adds the sums of other runs. @throws FusiformError NORMAL_EQUATIONS_MISMATCH */
  merge(other: NormalEquations): void {
    this.#checkFinished();
    other.#checkFinished();
    const same =
      other.names.length === this.names.length && other.names.every((name, i) => name === this.names[i]);
    if (!same || other.nVoxels !== this.nVoxels) {
      throw new FusiformError(
        'NORMAL_EQUATIONS_MISMATCH',
        `${other.names.length} regressors at ${other.nVoxels} voxels cannot be added to ` +
          `${this.names.length} regressors at ${this.nVoxels} voxels${same ? '' : ': their names differ'}`,
      );
    }
    add(this.#gram.data, other.#gram.data);
    add(this.#crossProduct, other.#crossProduct);
    add(this.#squares, other.#squares);
    this.#nObservations += other.#nObservations;
    this.#nuisanceRank += other.#nuisanceRank;
    this.#nRuns += other.#nRuns;
  }

  /**
   * The coefficients of all regressors: (X'X + ridge I)^-1 X'Y.
   * @throws FusiformError DESIGN_COLLINEAR naming the columns, DESIGN_NO_DOF; an ill-conditioned design is listed in
   *   `problems`
   */
  solve(options: SolveOptions = {}): Promise<NormalSolution> {
    return this.solveSubset(this.names, options);
  }

  /** The model with some of the regressors alone, for tests of nested models. */
  async solveSubset(columns: readonly string[], options: SolveOptions = {}): Promise<NormalSolution> {
    this.#checkFinished();
    const { ridge = 0, engine = null, work } = options;
    const rows = positionsOf(columns, this.names);
    const system = factorSystem(this.#subGram(rows), columns, ridge);
    const dof = this.nEffectiveObservations - rows.length;
    if (dof <= 0) {
      throw new FusiformError(
        'DESIGN_NO_DOF',
        `${this.nEffectiveObservations} degrees of freedom after nuisance are not enough for ${rows.length} regressors`,
      );
    }
    const beta = new Float32Array(rows.length * this.nVoxels);
    const residualSumOfSquares = new Float64Array(this.nVoxels);
    const chunk = engine === null ? LOOP_CHUNK : ENGINE_CHUNK;
    const times = engine === null ? loopMultiplier(system.inverse) : engineMultiplier(engine, system.inverse);
    try {
      for (let start = 0; start < this.nVoxels; start += chunk) {
        if ((start / chunk) % (ENGINE_CHUNK / chunk) === 0) {
          work?.signal.throwIfAborted();
          work?.report({ done: start, total: this.nVoxels, unit: 'voxels' });
        }
        const size = Math.min(chunk, this.nVoxels - start);
        const right = this.#rightHandSide(rows, start, size);
        const solved = await times.apply(right);
        for (let i = 0; i < rows.length; i++) {
          beta.set(solved.subarray(i * size, (i + 1) * size), i * this.nVoxels + start);
        }
        residualSumOfSquares.set(residuals(this.#squares, right, solved, start, ridge), start);
      }
    } finally {
      times.dispose();
    }
    work?.report({ done: this.nVoxels, total: this.nVoxels, unit: 'voxels' });
    return {
      names: columns,
      nVoxels: this.nVoxels,
      beta,
      covariance: system.inverse,
      residualSumOfSquares,
      residualVariance: residualSumOfSquares.map((value) => value / dof),
      dof,
      problems: system.problems,
    };
  }

  /** The coefficients of the voxels from `start` to `end`, all in float64: [names.length, end - start]. */
  solveVoxels(start: number, end: number, ridge = 0): Matrix {
    this.#checkFinished();
    const rows = [...this.names.keys()];
    const { inverse } = factorSystem(this.#gram, this.names, ridge);
    return multiply(inverse, this.#rightHandSide(rows, start, end - start));
  }

  /** The sums, to be written before the next run is added: the arrays are not copies. */
  toNamedArrays(): NamedArrays {
    this.#checkFinished();
    const n = this.names.length;
    const names = new TextEncoder().encode(JSON.stringify(this.names));
    return {
      names: { shape: [names.length], data: names },
      counts: {
        shape: [3],
        data: Float64Array.of(this.#nObservations, this.#nuisanceRank, this.#nRuns),
      },
      gram: { shape: [n, n], data: this.#gram.data },
      crossProduct: { shape: [n, this.nVoxels], data: this.#crossProduct },
      sumOfSquares: { shape: [this.nVoxels], data: this.#squares },
    };
  }

  /** Goes on from `toNamedArrays`; the arrays belong to the result from then on. */
  static fromNamedArrays(arrays: NamedArrays): NormalEquations {
    const nameBytes = arrays.names?.data;
    const counts = arrays.counts?.data;
    const gramData = arrays.gram?.data;
    const product = arrays.crossProduct?.data;
    const squares = arrays.sumOfSquares?.data;
    const names: unknown =
      nameBytes instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(nameBytes)) : null;
    if (
      !isStringList(names) ||
      !(counts instanceof Float64Array && counts.length === 3) ||
      !(gramData instanceof Float64Array && gramData.length === names.length ** 2) ||
      !(squares instanceof Float64Array) ||
      !(product instanceof Float64Array || product instanceof Float32Array) ||
      product.length !== names.length * squares.length
    ) {
      throw new FusiformError('NORMAL_EQUATIONS_MISMATCH', 'The arrays are no saved sums of a linear model');
    }
    const result = new NormalEquations(names, squares.length, {
      gram: matrix(names.length, names.length, gramData),
      crossProduct: product,
      squares,
    });
    [result.#nObservations, result.#nuisanceRank, result.#nRuns] = counts;
    return result;
  }

  #addGram(added: Matrix, active: readonly number[]): void {
    active.forEach((row, i) => {
      active.forEach((column, j) => {
        this.#gram.data[row * this.names.length + column] += added.data[i * added.cols + j];
      });
    });
  }

  #subGram(rows: readonly number[]): Matrix {
    const result = matrix(rows.length, rows.length);
    rows.forEach((row, i) => {
      rows.forEach((column, j) => {
        result.data[i * rows.length + j] = this.#gram.data[row * this.names.length + column];
      });
    });
    return result;
  }

  #rightHandSide(rows: readonly number[], start: number, size: number): Matrix {
    const result = matrix(rows.length, size);
    rows.forEach((row, i) => {
      const from = row * this.nVoxels + start;
      result.data.set(this.#crossProduct.subarray(from, from + size), i * size);
    });
    return result;
  }

  #checkFinished(): void {
    if (this.#unfinished > 0) throw new Error('A run was not added to its end: these sums are spoilt');
  }
}

/** y'y - b'X'y - ridge b'b, which is the residual sum of squares at the (ridge) solution. */
function residuals(
  squares: Float64Array,
  right: Matrix,
  beta: Float64Array | Float32Array,
  start: number,
  ridge: number,
): Float64Array {
  const size = right.cols;
  const result = squares.slice(start, start + size);
  for (let i = 0; i < right.rows; i++) {
    for (let v = 0; v < size; v++) {
      const b = beta[i * size + v];
      result[v] -= b * (right.data[i * size + v] + ridge * b);
    }
  }
  return result.map((value) => Math.max(0, value));
}

function add(to: Float64Array | Float32Array, from: Float64Array | Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] += from[i];
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
