import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import type { Design } from '../../src/main/glm/design.ts';
import { fitRun } from '../../src/main/glm/ols.ts';
import { latentRidge, latentWeights } from '../../src/main/glm/latent-weights.ts';
import { NormalEquations } from '../../src/main/glm/streaming.ts';
import { selectSomeVoxels, selectVoxels, testVoxels } from '../../src/main/glm/voxel-selection.ts';
import { voxelStatistics } from '../../src/main/glm/voxel-statistics.ts';
import { choleskyFactor, choleskySolve } from '../../src/main/math/cholesky.ts';
import { crossProduct, gram, type Matrix, matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { assertClose } from './assert-close.ts';

interface Run {
  x: Matrix;
  nuisance: Matrix;
  y: Float32Array;
}

const names = ['face', 'z1', 'z2', 'z3', 'house'];
const nVoxels = 150;
const nRuns = 4;

/** Runs of unequal length on a baseline of 1000, with drift; `house` is missing from run 1. */
const runs = Array.from({ length: nRuns }, (_, r) => makeRun(r));

let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm'));
});
after(() => engine.dispose());

function makeRun(r: number): Run {
  const random = new Random(`run ${r}`);
  const nTime = 40 + 3 * r;
  const x = matrix(nTime, names.length);
  const nuisance = matrix(nTime, 3);
  for (let t = 0; t < nTime; t++) {
    for (let j = 0; j < names.length; j++) x.data[t * names.length + j] = random.normal() + (j === 0 ? 1 : 0);
    if (r === 1) x.data[t * names.length + 4] = 0;
    nuisance.data.set([1, Math.cos((Math.PI * (t + 0.5)) / nTime), random.normal()], 3 * t);
  }
  const y = new Float32Array(nTime * nVoxels);
  for (let v = 0; v < nVoxels; v++) {
    // The first third answers to nothing, the second to faces, the last to faces and latents.
    const voxel = new Random(`voxel ${v}`);
    const face = v >= 50 ? 1.5 : 0;
    const gain = v >= 100 ? 1 : 0;
    const weights = [face, gain * voxel.normal(), gain * voxel.normal(), gain * voxel.normal(), 0];
    const drift = 5 * random.normal();
    for (let t = 0; t < nTime; t++) {
      let value = 1000 + v + drift * nuisance.data[3 * t + 1] + random.normal();
      for (let j = 0; j < names.length; j++) value += weights[j] * x.data[t * names.length + j];
      y[t * nVoxels + v] = v === 7 ? 512.3 : value;
    }
  }
  return { x, nuisance, y };
}

/** The one large model: every run has its own nuisance columns; solved as it stands, in float64. */
function concatenated(columns: readonly number[]): { beta: Matrix; rss: Float64Array; dof: number } {
  const nTime = runs.reduce((sum, run) => sum + run.x.rows, 0);
  const p = columns.length + 3 * nRuns;
  const design = matrix(nTime, p);
  const data = matrix(nTime, nVoxels);
  let row = 0;
  runs.forEach((run, r) => {
    for (let t = 0; t < run.x.rows; t++, row++) {
      columns.forEach((from, to) => {
        design.data[row * p + to] = run.x.data[t * names.length + from];
      });
      for (let j = 0; j < 3; j++)
        design.data[row * p + columns.length + 3 * r + j] = run.nuisance.data[3 * t + j];
      // Less 1000, which the constants take up: the normal equations of this reference keep more digits.
      for (let v = 0; v < nVoxels; v++) data.data[row * nVoxels + v] = run.y[t * nVoxels + v] - 1000;
    }
  });
  const factor = choleskyFactor(gram(design));
  assert.ok(factor.ok);
  const beta = choleskySolve(factor.lower, crossProduct(design, data));
  const rss = new Float64Array(nVoxels);
  for (let t = 0; t < nTime; t++) {
    for (let v = 0; v < nVoxels; v++) {
      let residual = data.data[t * nVoxels + v];
      for (let j = 0; j < p; j++) residual -= design.data[t * p + j] * beta.data[j * nVoxels + v];
      rss[v] += residual * residual;
    }
  }
  const effects = matrix(columns.length, nVoxels, beta.data.slice(0, columns.length * nVoxels));
  return { beta: effects, rss, dof: nTime - p };
}

async function added(
  chosen: readonly Run[],
  on: Engine | null,
  precision: 'float64' | 'float32' = 'float64',
): Promise<NormalEquations> {
  const equations = NormalEquations.create(names, nVoxels, { precision });
  for (const run of chosen) await equations.addRun(on, run.x, run.nuisance, run.y);
  return equations;
}

test('streaming equals the concatenated model: 1e-10 in float64, in any order of runs', async () => {
  const expected = concatenated([0, 1, 2, 3, 4]);
  for (const order of [runs, [runs[2], runs[0], runs[3], runs[1]]]) {
    const equations = await added(order, null);
    assertClose((await equations.solveVoxels(0, nVoxels)).data, expected.beta.data, 1e-10, 'beta');
    const solution = await equations.solve();
    assertClose(solution.residualSumOfSquares, expected.rss, 1e-10, 'residuals');
    assertClose(solution.beta, expected.beta.data, 1e-7, 'beta in float32');
    assert.equal(solution.dof, expected.dof);
    assert.equal(equations.nRuns, nRuns);
    assert.deepEqual(solution.problems, []);
    // The constant voxel.
    assert.equal(solution.beta[7], 0);
    assert.equal(solution.residualSumOfSquares[7], 0);
  }
});

test('streaming on an engine equals the concatenated model to 1e-5, whatever the sums are kept in', async () => {
  const expected = concatenated([0, 1, 2, 3, 4]);
  const tensors = engine.memory().tensors;
  for (const precision of ['float64', 'float32'] as const) {
    const equations = await added(runs, engine, precision);
    const solution = await equations.solve({ engine });
    assertClose(solution.beta, expected.beta.data, 1e-5, `beta, sums in ${precision}`);
    assertClose(solution.residualSumOfSquares, expected.rss, 1e-5, `residuals, sums in ${precision}`);
    assert.equal(solution.dof, expected.dof);
  }
  assert.equal(engine.memory().tensors, tensors);
});

test('float32 sums over a hundred runs keep 1e-5', async () => {
  const exact = NormalEquations.create(names, nVoxels);
  const single = NormalEquations.create(names, nVoxels, { precision: 'float32' });
  for (let i = 0; i < 100; i++) {
    const run = runs[i % nRuns];
    await exact.addRun(null, run.x, run.nuisance, run.y);
    await single.addRun(engine, run.x, run.nuisance, run.y);
  }
  assertClose((await single.solve()).beta, (await exact.solve()).beta, 1e-5, 'beta');
});

test('one run equals the fit of that run', async () => {
  const run = runs[0];
  const columns = matrix(run.x.rows, 8);
  for (let t = 0; t < run.x.rows; t++) {
    columns.data.set(run.x.data.subarray(5 * t, 5 * t + 5), 8 * t);
    columns.data.set(run.nuisance.data.subarray(3 * t, 3 * t + 3), 8 * t + 5);
  }
  const design: Design = {
    names: [...names, 'constant', 'drift_1', 'motion'],
    roles: ['condition', 'modulator', 'modulator', 'modulator', 'condition', 'constant', 'drift', 'confound'],
    columns,
  };
  const fit = fitRun(design, run.y, nVoxels);
  const solution = await (await added([run], null)).solve();
  assert.equal(solution.dof, fit.dof);
  assertClose(solution.beta, fit.beta.subarray(0, 5 * nVoxels), 1e-7, 'beta in float32');
  assertClose(solution.residualVariance, fit.residualVariance, 1e-10, 'residual variance');
  const covariance = Float64Array.from(
    { length: 25 },
    (_, i) => fit.covariance.data[Math.floor(i / 5) * 8 + (i % 5)],
  );
  assertClose(solution.covariance.data, covariance, 1e-12, 'covariance');
});

test('merged sums and sums saved and loaded go on as if nothing had happened', async () => {
  const whole = await (await added(runs, null)).solve();
  const first = await added(runs.slice(0, 2), null);
  const loaded = NormalEquations.fromNamedArrays(structuredClone(await first.toNamedArrays()));
  await loaded.merge(await added(runs.slice(2), null));
  const merged = await loaded.solve();
  assertClose(merged.beta, whole.beta, 1e-6, 'beta');
  assertClose(merged.residualSumOfSquares, whole.residualSumOfSquares, 1e-12, 'residuals');
  assert.equal(merged.dof, whole.dof);
  assert.equal(loaded.nRuns, nRuns);
  const mismatch = (error: unknown) =>
    error instanceof FusiformError && error.code === 'NORMAL_EQUATIONS_MISMATCH';
  await assert.rejects(() => first.merge(NormalEquations.create(names, 3)), mismatch);
  await assert.rejects(
    () => first.merge(NormalEquations.create(['a', 'b', 'c', 'd', 'e'], nVoxels)),
    mismatch,
  );
  assert.throws(() => NormalEquations.fromNamedArrays({}), mismatch);
});

test('nested models equal their own concatenated models', async () => {
  const equations = await added(runs, null);
  const expected = concatenated([0, 4]);
  const subset = await equations.solveSubset(['face', 'house']);
  assertClose(subset.beta, expected.beta.data, 1e-7, 'beta');
  assertClose(subset.residualSumOfSquares, expected.rss, 1e-10, 'residuals');
  assert.equal(subset.dof, expected.dof);
  await assert.rejects(
    () => equations.solveSubset(['face', 'dog']),
    (error) =>
      error instanceof FusiformError &&
      error.code === 'CONTRAST_UNKNOWN_COLUMN' &&
      /'dog'/.test(error.message),
  );
});

test("a ridge solves (X'X + ridge I) b = X'Y and its residuals are those of its b", async () => {
  const run = runs[0];
  const bare = matrix(run.x.rows, 0);
  const y = run.y.map((value) => (value - 1000) / 100);
  const equations = NormalEquations.create(names, nVoxels);
  await equations.addRun(null, run.x, bare, y);
  const ridge = 7;
  const solution = await equations.solve({ ridge });
  const data = matrix(run.x.rows, nVoxels, Float64Array.from(y));
  const system = gram(run.x);
  for (let i = 0; i < 5; i++) system.data[6 * i] += ridge;
  const factor = choleskyFactor(system);
  assert.ok(factor.ok);
  const beta = choleskySolve(factor.lower, crossProduct(run.x, data));
  assertClose(solution.beta, beta.data, 1e-7, 'beta');
  const rss = new Float64Array(nVoxels);
  for (let t = 0; t < data.rows; t++) {
    for (let v = 0; v < nVoxels; v++) {
      let residual = data.data[t * nVoxels + v];
      for (let j = 0; j < 5; j++) residual -= run.x.data[5 * t + j] * beta.data[j * nVoxels + v];
      rss[v] += residual * residual;
    }
  }
  assertClose(solution.residualSumOfSquares, rss, 1e-10, 'residuals');
});

test('a ridge on some regressors is that of the weights from kept sums, and solves its own equations', async () => {
  const equations = NormalEquations.create(names, nVoxels);
  for (const { x, nuisance, y } of runs) await equations.addRun(null, x, nuisance, y);
  const latentNames = ['z1', 'z2', 'z3'];
  const penalty = 0.3;
  const ridge = await latentRidge(equations, latentNames, penalty);
  assert.deepEqual(
    names.map((name, at) => ridge[at] > 0 === latentNames.includes(name)),
    names.map(() => true),
  );
  const { beta } = await equations.solve({ ridge });
  const positions = Uint32Array.from({ length: nVoxels }, (_, at) => at);
  const weights = await latentWeights(equations, { latentNames, biasName: 'face', penalty, positions });
  const rows = [...latentNames, 'face'].map((name) => names.indexOf(name));
  const picked = rows.flatMap((row) => [...beta.subarray(row * nVoxels, (row + 1) * nVoxels)]);
  assertClose(picked, weights, 1e-6, 'weights');
  const arrays = await equations.toNamedArrays();
  const left = matrix(5, 5, Float64Array.from(arrays.gram.data));
  // All voxels stand in one piece.
  const right = matrix(5, nVoxels, Float64Array.from(arrays['crossProduct/00000000'].data));
  for (let i = 0; i < 5; i++) left.data[6 * i] += ridge[i];
  const factor = choleskyFactor(left);
  assert.ok(factor.ok);
  assertClose(beta, choleskySolve(factor.lower, right).data, 1e-6, 'all regressors');
});

test('collinear and ill-conditioned regressors are named', async () => {
  const code = (expected: string, pattern: RegExp) => (error: unknown) =>
    error instanceof FusiformError && error.code === expected && pattern.test(error.message);
  const run = runs[0];
  const withColumn = async (value: (t: number) => number) => {
    const x = matrix(run.x.rows, 5, run.x.data.slice());
    for (let t = 0; t < x.rows; t++) x.data[5 * t + 3] = value(t);
    const equations = NormalEquations.create(names, nVoxels);
    await equations.addRun(null, x, run.nuisance, run.y);
    return equations;
  };
  const at = (t: number, j: number) => run.x.data[5 * t + j];
  const collinear = await withColumn((t) => at(t, 0) - 3 * at(t, 2));
  await assert.rejects(
    () => collinear.solve(),
    code('DESIGN_COLLINEAR', /: 'z3' is a combination of 'face', 'z2'$/),
  );
  assert.ok((await collinear.solve({ ridge: 1 })).beta.every(Number.isFinite));
  // What nuisance contains is zero once nuisance is projected out.
  const nuisance = await withColumn((t) => 2 - run.nuisance.data[3 * t + 1]);
  await assert.rejects(() => nuisance.solve(), code('DESIGN_COLLINEAR', /'z3' is zero throughout/));
  const near = await withColumn((t) => at(t, 0) + 1e-3 * at(t, 3));
  const { problems } = await near.solve();
  assert.deepEqual(
    problems.map((problem) => problem.code),
    ['DESIGN_ILL_CONDITIONED'],
  );
  assert.match(problems[0].message, /('face', 'z3'|'z3', 'face')/);
  const short = NormalEquations.create(names, nVoxels);
  await assert.rejects(() => short.solve(), code('DESIGN_COLLINEAR', /zero throughout/));
});

test('a run with NaN, and one that is broken off, leave the sums as they were', async () => {
  const run = runs[1];
  const bad = run.y.slice();
  bad[nVoxels + 3] = Number.NaN;
  for (const on of [null, engine]) {
    const equations = await added(runs.slice(0, 1), on);
    const expected = await equations.solve();
    await assert.rejects(
      () => equations.addRun(on, run.x, run.nuisance, bad),
      (error) => error instanceof FusiformError && error.code === 'DATA_NOT_FINITE',
    );
    const abort = new AbortController();
    const work = { signal: abort.signal, report: () => abort.abort() };
    const wide = NormalEquations.create(['a'], 9000);
    const x = matrix(3, 1, [1, 2, 4]);
    await wide.addRun(on, x, matrix(3, 0), new Float32Array(27_000).fill(2));
    await assert.rejects(
      () => wide.addRun(on, x, matrix(3, 0), new Float32Array(27_000).fill(3), { work }),
      (error) => error instanceof Error && error.name === 'AbortError',
    );
    assert.equal(wide.nRuns, 1);
    assertClose((await wide.solve()).beta, new Float32Array(9000).fill(2 / 3), 1e-6, 'the first run alone');
    await assert.rejects(() => equations.addRun(on, x, matrix(3, 0), new Float32Array(9)), RangeError);
    assert.deepEqual((await equations.solve()).beta, expected.beta);
    assert.equal(equations.nRuns, 1);
  }
});

test('sums that an engine failed at say so for ever', async () => {
  const gram = () => {
    throw new Error('the device is lost');
  };
  const equations = await added(runs, { ...engine, gram });
  await assert.rejects(() => equations.solve(), /the device is lost/);
  await assert.rejects(() => equations.solve(), /spoilt/);
  const { x, nuisance, y } = runs[0];
  await assert.rejects(() => equations.addRun(engine, x, nuisance, y), /spoilt/);
});

test('voxels are selected by response to faces and by what latents gain', async () => {
  const equations = await added(runs, null);
  const latentNames = ['z1', 'z2', 'z3'];
  const statistics = await voxelStatistics(equations, { latentNames });
  const tested = testVoxels(statistics);
  const fdr = { kind: 'fdr', q: 0.05 } as const;
  const selection = selectVoxels(tested, { faceRule: fdr, gainRule: fdr });
  const full = concatenated([0, 4, 1, 2, 3]);
  const reduced = concatenated([0, 4]);
  const expected = reduced.rss.map((rss, v) =>
    rss > 0 ? (rss - full.rss[v]) / 3 / (full.rss[v] / full.dof) : 0,
  );
  expected[7] = 0;
  assertClose(statistics.gainF, expected, 1e-9, 'F');
  assert.equal(statistics.faceT[7], 0);
  assert.equal(statistics.varies[7], 0);
  assert.equal(
    statistics.varies.reduce((sum, value) => sum + value, 0),
    nVoxels - 1,
  );
  const inLast = [...selection.positions].filter((v) => v >= 100).length;
  assert.ok(inLast >= 45, `${inLast} of 50 voxels with faces and latents`);
  assert.ok(selection.positions.length - inLast <= 6, 'few others');
  assert.ok(selection.nFace >= 95 && selection.nFace <= 110);
  const best = selectVoxels(tested, {
    faceRule: { kind: 'threshold', statistic: 3 },
    gainRule: { kind: 'fraction', keep: 0.1 },
  });
  assert.equal(best.nGain, 15);
  const worst = Math.min(...[...best.positions].map((v) => statistics.gainF[v]));
  assert.ok(statistics.gainF.filter((f) => f > worst).length < 15);
  const onEngine = await voxelStatistics(equations, { latentNames, engine });
  assertClose(onEngine.gainF, statistics.gainF, 1e-4, 'F on an engine');
  const all = selectVoxels(tested, { faceRule: { kind: 'all' }, gainRule: { kind: 'all' } });
  assert.ok(
    !all.positions.includes(7) && all.positions.length === nVoxels - 1,
    'a constant voxel is never chosen',
  );
  const counted = selectVoxels(tested, { faceRule: { kind: 'all' }, gainRule: { kind: 'count', keep: 20 } });
  assert.equal(counted.positions.length, 20);
  const uncorrected = selectVoxels(tested, { faceRule: { kind: 'p', p: 0.01 }, gainRule: { kind: 'all' } });
  assert.equal(uncorrected.nFace, tested.faceP.filter((p) => p <= 0.01).length);
  assert.throws(
    () => selectSomeVoxels(tested, { faceRule: { kind: 'threshold', statistic: 1e9 }, gainRule: fdr }),
    (error) => error instanceof FusiformError && error.code === 'VOXEL_SELECTION_EMPTY',
  );
});
