import { FusiformError } from '../../shared/errors.ts';
import type { WorkContext } from '../../shared/progress.ts';
import type { Engine } from '../engine/engine.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { engineMultiplier, loopMultiplier, type Multiplier } from './multipliers.ts';
import { factorSystem } from './normal-system.ts';
import { type VoxelChunk, voxelChunks } from './voxel-chunks.ts';

/** The sums of streaming least squares over one fold of the runs. */
export interface FoldSums {
  /** X'X, [names, names]. */
  readonly gram: Matrix;
  /** y'y, [nVoxels]. */
  readonly squares: Float64Array;
  readonly nEffectiveObservations: number;
  /** X'Y of some voxels, [names, chunk.size]. */
  crossProduct(chunk: VoxelChunk): Promise<ArrayLike<number>>;
}

export interface CrossValidatedGain {
  /**
   * [nVoxels]: correlation, over all runs, between what the latents predict for runs that were left out and what the
   * model without latents leaves of them.
   */
  readonly correlation: Float64Array;
  /** [nVoxels]: its z under no effect of the latents. */
  readonly z: Float64Array;
  /** [nVoxels]: 1 - (squared error with latents) / (squared error without); negative where they predict worse. */
  readonly gain: Float64Array;
  /**
   * [nVoxels]: correlation over latents of the weights from the odd and from the even folds, each weight in units of its
   * regressor's deviation.
   */
  readonly weightReliability: Float64Array;
}

export interface CrossValidationOptions {
  readonly names: readonly string[];
  readonly latentNames: readonly string[];
  /** Multiplies in float32 on an engine; default null, float64 loops. */
  readonly engine?: Engine | null;
  readonly work?: WorkContext;
}

/**
 * The variance that latents explain beyond the other regressors in runs that the model was not fitted to: every fold is
 * left out once, both models are fitted to the rest, and predict it. From sums alone: with b the coefficients of the
 * rest, S and c the fold's X'X and X'y, the squared error is y'y - 2 b'c + b'Sb.
 *
 * The correlation does not mind that least squares with a thousand latents overfits, and predicts too much of everything;
 * the gain does. Its z is r sqrt(n / 2), n being the degrees of freedom of all folds before the regressors take theirs:
 * under no effect sum(predicted * left) is a sum over pairs of folds in which every pair stands twice, once each way,
 * which doubles its variance (a test holds it to simulations). Temporal correlation must be whitened.
 *
 * @param folds at least two
 * @throws FusiformError DESIGN_COLLINEAR where the rest of the runs cannot tell the regressors apart
 */
export async function crossValidatedGain(
  folds: readonly FoldSums[],
  { names, latentNames, engine = null, work }: CrossValidationOptions,
): Promise<CrossValidatedGain> {
  const nVoxels = folds[0].squares.length;
  const total = sumOf(folds.map(({ gram }) => gram));
  const models = folds.map((fold) => prepareModels(total, fold.gram, names, new Set(latentNames), engine));
  const halves = [0, 1].map((parity) => {
    const gram = sumOf(folds.filter((_, at) => at % 2 === parity).map((fold) => fold.gram));
    return prepareSystem(gram, names, () => true, engine);
  });
  const deviations = names.map((_, at) => Math.sqrt(total.data[at * names.length + at]));
  const latentRows = latentNames.map((name) => names.indexOf(name));
  const sums = {
    both: new Float64Array(nVoxels),
    predicted: new Float64Array(nVoxels),
    left: new Float64Array(nVoxels),
  };
  const weightReliability = new Float64Array(nVoxels);
  try {
    for (const chunk of voxelChunks(nVoxels)) {
      work?.signal.throwIfAborted();
      const products: Matrix[] = [];
      for (const fold of folds) {
        products.push(matrix(names.length, chunk.size, Float64Array.from(await fold.crossProduct(chunk))));
      }
      const all = sumOf(products);
      for (const [at, fold] of folds.entries()) {
        await addFold(models[at], fold, products[at], difference(all, products[at]), chunk, sums);
      }
      const weights = await Promise.all(
        halves.map((system, parity) => system.solve(sumOf(products.filter((_, at) => at % 2 === parity)))),
      );
      weightReliability.set(correlateRows(weights[0], weights[1], latentRows, deviations), chunk.start);
      work?.report({ done: chunk.start + chunk.size, total: nVoxels, unit: 'voxels' });
    }
  } finally {
    for (const { full, reduced, test } of models) for (const part of [full, reduced, test]) part.dispose();
    for (const half of halves) half.dispose();
  }
  const n = folds.reduce((sum, fold) => sum + fold.nEffectiveObservations, 0);
  const correlation = sums.both.map((both, v) => {
    const scale = Math.sqrt(sums.predicted[v] * sums.left[v]);
    return scale > 0 ? both / scale : 0;
  });
  const gain = sums.both.map((both, v) =>
    sums.left[v] > 0 ? (2 * both - sums.predicted[v]) / sums.left[v] : 0,
  );
  return { correlation, z: correlation.map((r) => r * Math.sqrt(n / 2)), gain, weightReliability };
}

interface System {
  /** (X'X)^-1 X'Y with zeros in the rows that the model lacks; [names, size]. */
  solve(right: Matrix): Promise<Matrix>;
  dispose(): void;
}

interface FoldModels {
  readonly full: System;
  readonly reduced: System;
  /** X'X of the fold that is left out. */
  readonly test: Multiplier;
}

function prepareModels(
  total: Matrix,
  left: Matrix,
  names: readonly string[],
  latents: ReadonlySet<string>,
  engine: Engine | null,
): FoldModels {
  const train = difference(total, left);
  return {
    full: prepareSystem(train, names, () => true, engine),
    reduced: prepareSystem(train, names, (name) => !latents.has(name), engine),
    test: multiplier(engine, left),
  };
}

/** A model of the wanted regressors that the runs have at all. */
function prepareSystem(
  gram: Matrix,
  names: readonly string[],
  wanted: (name: string) => boolean,
  engine: Engine | null,
): System {
  const n = names.length;
  const rows = [...names.keys()].filter((at) => wanted(names[at]) && gram.data[at * n + at] > 0);
  const part = matrix(rows.length, rows.length);
  rows.forEach((row, i) => {
    rows.forEach((column, j) => {
      part.data[i * rows.length + j] = gram.data[row * n + column];
    });
  });
  const inverse = multiplier(
    engine,
    factorSystem(
      part,
      rows.map((row) => names[row]),
      0,
    ).inverse,
  );
  return {
    async solve(right) {
      const size = right.cols;
      const picked = matrix(rows.length, size);
      rows.forEach((row, i) => {
        picked.data.set(right.data.subarray(row * size, (row + 1) * size), i * size);
      });
      const solved = await inverse.apply(picked);
      const result = matrix(n, size);
      rows.forEach((row, i) => {
        result.data.set(solved.subarray(i * size, (i + 1) * size), row * size);
      });
      return result;
    },
    dispose: () => inverse.dispose(),
  };
}

function multiplier(engine: Engine | null, left: Matrix): Multiplier {
  return engine === null ? loopMultiplier(left) : engineMultiplier(engine, left);
}

/** Adds what one fold says: with d the latents' prediction and e what the model without them leaves, d'e, d'd and e'e. */
async function addFold(
  { full, reduced, test }: FoldModels,
  { squares }: FoldSums,
  product: Matrix,
  rest: Matrix,
  { start, size }: VoxelChunk,
  sums: { readonly both: Float64Array; readonly predicted: Float64Array; readonly left: Float64Array },
): Promise<void> {
  const without = await reduced.solve(rest);
  const latents = difference(await full.solve(rest), without);
  const [ofWithout, ofLatents] = [await test.apply(without), await test.apply(latents)];
  for (let v = 0; v < size; v++) sums.left[start + v] += squares[start + v];
  for (let at = 0; at < product.data.length; at++) {
    const v = start + (at % size);
    const remaining = product.data[at] - ofWithout[at];
    sums.both[v] += latents.data[at] * remaining;
    sums.predicted[v] += latents.data[at] * ofLatents[at];
    sums.left[v] -= without.data[at] * (product.data[at] + remaining);
  }
}

/** Pearson correlation of each voxel's values in some rows of two matrices; 0 where one does not vary. */
function correlateRows(
  a: Matrix,
  b: Matrix,
  rows: readonly number[],
  scales: readonly number[],
): Float64Array {
  return Float64Array.from({ length: a.cols }, (_, v) => {
    const value = (m: Matrix, row: number) => m.data[row * m.cols + v] * scales[row];
    let [meanA, meanB] = [0, 0];
    for (const row of rows) {
      meanA += value(a, row) / rows.length;
      meanB += value(b, row) / rows.length;
    }
    let [both, squaresA, squaresB] = [0, 0, 0];
    for (const row of rows) {
      const [x, y] = [value(a, row) - meanA, value(b, row) - meanB];
      both += x * y;
      squaresA += x * x;
      squaresB += y * y;
    }
    return squaresA > 0 && squaresB > 0 ? both / Math.sqrt(squaresA * squaresB) : 0;
  });
}

function sumOf(matrices: readonly Matrix[]): Matrix {
  const [first, ...others] = matrices;
  if (first === undefined)
    throw new FusiformError('VOXELS_NOT_CROSS_VALIDATED', 'There are no folds of runs.');
  const sum = matrix(first.rows, first.cols, first.data.slice());
  for (const { data } of others) for (let i = 0; i < data.length; i++) sum.data[i] += data[i];
  return sum;
}

function difference(a: Matrix, b: Matrix): Matrix {
  return matrix(
    a.rows,
    a.cols,
    a.data.map((value, i) => value - b.data[i]),
  );
}
