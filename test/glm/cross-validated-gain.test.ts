import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crossValidatedGain, type FoldSums } from '../../src/main/glm/cross-validated-gain.ts';
import { NormalEquations, pieceName } from '../../src/main/glm/streaming.ts';
import { choleskyFactor, choleskySolve } from '../../src/main/math/cholesky.ts';
import { crossProduct, gram, type Matrix, matrix, multiply } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { assertClose } from './assert-close.ts';

const others = ['face', 'house'];
const latentNames = ['z1', 'z2', 'z3', 'z4'];
const names = [...others, ...latentNames];

interface Fold {
  readonly x: Matrix;
  readonly y: Float32Array;
  readonly nTime: number;
}

/** White noise; the latents have an effect of `strength` in the second half of the voxels. */
function simulate(nFolds: number, nTime: number, nVoxels: number, strength: number, seed: number): Fold[] {
  const random = new Random(seed);
  const weights = matrix(names.length, nVoxels);
  for (let at = 0; at < weights.data.length; at++) {
    const [row, v] = [Math.floor(at / nVoxels), at % nVoxels];
    weights.data[at] = row < others.length ? 1 : v >= nVoxels / 2 ? strength * random.normal() : 0;
  }
  return Array.from({ length: nFolds }, () => {
    const x = matrix(nTime, names.length);
    for (let at = 0; at < x.data.length; at++) x.data[at] = random.normal();
    const y = Float32Array.from(multiply(x, weights).data, (value) => value + random.normal());
    return { x, y, nTime };
  });
}

async function sumsOf({ x, y, nTime }: Fold, nVoxels: number): Promise<FoldSums> {
  const equations = NormalEquations.create(names, nVoxels);
  await equations.addRun(null, x, matrix(nTime, 0), y.slice());
  const arrays = await equations.toNamedArrays();
  return {
    gram: matrix(names.length, names.length, Float64Array.from(arrays.gram.data)),
    squares: Float64Array.from(arrays.sumOfSquares.data),
    nEffectiveObservations: equations.nEffectiveObservations,
    crossProduct: async ({ start }) => arrays[pieceName(start)].data,
  };
}

/** The same by fitting and predicting the data themselves. */
function byHand(folds: readonly Fold[], nVoxels: number) {
  const both = new Float64Array(nVoxels);
  const predicted = new Float64Array(nVoxels);
  const left = new Float64Array(nVoxels);
  for (const out of folds) {
    const rest = folds.filter((fold) => fold !== out);
    const rows = rest.reduce((sum, fold) => sum + fold.nTime, 0);
    const data = Float64Array.from(rest.flatMap((fold) => Array.from(fold.y)));
    const design = Float64Array.from(rest.flatMap((fold) => Array.from(fold.x.data)));
    const predict = (columns: number) => {
      const pick = (x: Float64Array, n: number) =>
        matrix(
          n,
          columns,
          Float64Array.from(
            { length: n * columns },
            (_, at) => x[Math.floor(at / columns) * names.length + (at % columns)],
          ),
        );
      const train = pick(design, rows);
      const factor = choleskyFactor(gram(train));
      assert.ok(factor.ok);
      const beta = choleskySolve(factor.lower, crossProduct(train, matrix(rows, nVoxels, data)));
      return multiply(pick(out.x.data, out.nTime), beta).data;
    };
    const [without, withLatents] = [predict(others.length), predict(names.length)];
    for (let at = 0; at < out.y.length; at++) {
      const [d, e] = [withLatents[at] - without[at], out.y[at] - without[at]];
      both[at % nVoxels] += d * e;
      predicted[at % nVoxels] += d * d;
      left[at % nVoxels] += e * e;
    }
  }
  return {
    correlation: both.map((value, v) => value / Math.sqrt(predicted[v] * left[v])),
    gain: both.map((value, v) => 1 - (left[v] - 2 * value + predicted[v]) / left[v]),
  };
}

describe('the gain by latents in runs that were left out', () => {
  it('equals fitting and predicting the data themselves', async () => {
    const nVoxels = 30;
    const folds = simulate(3, 50, nVoxels, 0.4, 1);
    const expected = byHand(folds, nVoxels);
    const sums = await Promise.all(folds.map((fold) => sumsOf(fold, nVoxels)));
    const result = await crossValidatedGain(sums, { names, latentNames });
    assertClose(result.correlation, expected.correlation, 1e-9, 'correlation');
    assertClose(result.gain, expected.gain, 1e-9, 'gain');
  });

  it('has a z of deviation 1 without an effect, and a large one with', async () => {
    const nVoxels = 3000;
    for (const nFolds of [2, 4]) {
      const folds = simulate(nFolds, 60, nVoxels, 0.25, 2);
      const sums = await Promise.all(folds.map((fold) => sumsOf(fold, nVoxels)));
      const { z, gain, weightReliability } = await crossValidatedGain(sums, { names, latentNames });
      const nothing = z.subarray(0, nVoxels / 2);
      const mean = nothing.reduce((sum, value) => sum + value, 0) / nothing.length;
      const deviation = Math.sqrt(nothing.reduce((sum, value) => sum + value * value, 0) / nothing.length);
      // Symmetric about a value just below 0, and never wider than a normal: the p-values are honest.
      assert.ok(Math.abs(mean) < 0.2, `${nFolds} folds: mean ${mean}`);
      assert.ok(deviation > 0.75 && deviation < 1.1, `${nFolds} folds: deviation ${deviation}`);
      const falsePositives = nothing.filter((value) => value > 1.645).length / nothing.length;
      assert.ok(falsePositives < 0.07, `${nFolds} folds: ${falsePositives}`);
      const something = z.subarray(nVoxels / 2);
      assert.ok(something.filter((value) => value > 1.645).length > 0.7 * something.length);
      const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      assert.ok(meanOf(gain.subarray(0, nVoxels / 2)) < 0);
      assert.ok(meanOf(gain.subarray(nVoxels / 2)) > 0.05);
      assert.ok(Math.abs(meanOf(weightReliability.subarray(0, nVoxels / 2))) < 0.05);
      assert.ok(meanOf(weightReliability.subarray(nVoxels / 2)) > 0.4);
    }
  });
});
