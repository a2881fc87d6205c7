import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latentWeights } from '../../src/main/glm/latent-weights.ts';
import { NormalEquations } from '../../src/main/glm/streaming.ts';
import { choleskyFactor, choleskySolve } from '../../src/main/math/cholesky.ts';
import { crossProduct, gram, type Matrix, matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { assertClose } from './assert-close.ts';

const names = ['fixation', 'face', 'latent-1', 'latent-2', 'latent-3'];
const latentNames = names.slice(2);
const nVoxels = 30;
const nTime = 50;
const runs = [0, 1, 2].map((run) => {
  const random = new Random(`latent weights ${run}`);
  const normals = (rows: number, cols: number) => {
    const result = matrix(rows, cols);
    for (let at = 0; at < result.data.length; at += 1) result.data[at] = random.normal();
    return result;
  };
  const x = normals(nTime, names.length);
  const nuisance = normals(nTime, 2);
  // Latents that go along with the face: the penalty must know them without it.
  for (let t = 0; t < nTime; t += 1) x.data[t * 5 + 2] += 2 * x.data[t * 5 + 1];
  return { x, nuisance, y: Float32Array.from(normals(nTime, nVoxels).data) };
});

/** All runs as one design, each with nuisance of its own; regressors first. */
function stacked(): { design: Matrix; data: Matrix } {
  const width = names.length + 2 * runs.length;
  const design = matrix(nTime * runs.length, width);
  const data = matrix(nTime * runs.length, nVoxels);
  runs.forEach(({ x, nuisance, y }, run) => {
    for (let t = 0; t < nTime; t += 1) {
      const row = run * nTime + t;
      design.data.set(x.data.subarray(t * 5, t * 5 + 5), row * width);
      design.data.set(nuisance.data.subarray(t * 2, t * 2 + 2), row * width + 5 + 2 * run);
      data.data.set(y.subarray(t * nVoxels, (t + 1) * nVoxels), row * nVoxels);
    }
  });
  return { design, data };
}

function columns({ rows, cols, data }: Matrix, wanted: readonly number[]): Matrix {
  const result = matrix(rows, wanted.length);
  for (let row = 0; row < rows; row += 1) {
    wanted.forEach((from, to) => {
      result.data[row * wanted.length + to] = data[row * cols + from];
    });
  }
  return result;
}

function leastSquares(design: Matrix, data: Matrix): Matrix {
  const factor = choleskyFactor(gram(design));
  assert.ok(factor.ok);
  return choleskySolve(factor.lower, crossProduct(design, data));
}

/** Ridge as least squares on data with a row of zeros for each latent, whose design is the root of the penalty. */
function augmented(penalty: number): Float64Array {
  const { design, data } = stacked();
  const latents = [2, 3, 4];
  const others = Array.from({ length: design.cols }, (_, at) => at).filter((at) => !latents.includes(at));
  const [own, rest] = [columns(design, latents), columns(design, others)];
  const fitted = leastSquares(rest, own);
  let left = 0;
  for (let row = 0; row < own.rows; row += 1) {
    for (let latent = 0; latent < 3; latent += 1) {
      let residual = own.data[row * 3 + latent];
      others.forEach((_, at) => {
        residual -= rest.data[row * others.length + at] * fitted.data[at * 3 + latent];
      });
      left += residual ** 2;
    }
  }
  const root = Math.sqrt((penalty * left) / 3);
  const longer = matrix(design.rows + 3, design.cols);
  longer.data.set(design.data);
  latents.forEach((latent, at) => {
    longer.data[(design.rows + at) * design.cols + latent] = root;
  });
  const padded = matrix(data.rows + 3, nVoxels);
  padded.data.set(data.data);
  const beta = leastSquares(longer, padded);
  const rows = [...latents, 1].map((row) => beta.data.subarray(row * nVoxels, (row + 1) * nVoxels));
  return Float64Array.from(rows.flatMap((row) => [...row]));
}

for (const penalty of [0, 0.03, 2]) {
  test(`weights under a penalty of ${penalty} are those of the stacked, augmented model`, async () => {
    // A test face that none of these runs shows changes nothing.
    const equations = NormalEquations.create([...names, 'never shown'], nVoxels, { precision: 'float64' });
    for (const { x, nuisance, y } of runs) {
      const wider = matrix(nTime, 6);
      for (let t = 0; t < nTime; t += 1) wider.data.set(x.data.subarray(t * 5, t * 5 + 5), t * 6);
      await equations.addRun(null, wider, nuisance, y);
    }
    const positions = Uint32Array.of(0, 3, 4, 17, 29);
    const found = await latentWeights(equations, { latentNames, biasName: 'face', penalty, positions });
    const all = augmented(penalty);
    const expected = Array.from({ length: 4 }, (_, row) =>
      Array.from(positions, (voxel) => all[row * nVoxels + voxel]),
    ).flat();
    assertClose(found, expected, 1e-5, `penalty ${penalty}`);
    equations.dispose();
  });
}
