import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fitRunAr1 } from '../../src/main/glm/ar1.ts';
import { fitRunAr1Global } from '../../src/main/glm/ar1-global.ts';
import { computeContrast, computeRows, fStatistics, fTails } from '../../src/main/glm/contrast.ts';
import { parseContrastRows } from '../../src/main/glm/contrast-expression.ts';
import type { Design } from '../../src/main/glm/design.ts';
import { FixedEffects, fixedEffects } from '../../src/main/glm/fixed-effects.ts';
import { fitRun, type RunFit } from '../../src/main/glm/ols.ts';
import { matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { assertClose } from './assert-close.ts';

interface Estimates {
  beta: number[];
  residualVariance: number[];
  effect: number[];
  variance: number[];
  f: number[];
  dof: number;
}

interface Combined {
  effect: number[];
  variance: number[];
  f: number[];
}

// Made by noise_reference.py beside it: nilearn's and SPM's published formulas in float64 numpy.
const reference: {
  nTime: number;
  nVoxels: number;
  runs: {
    design: number[];
    y: number[];
    ar1: Estimates & { rho: number[] };
    ar1Global: Estimates & { lag1: number };
  }[];
  fixed: { mean: Combined; precision: Combined };
  fTails: { f: number; d1: number; d2: number; p: number; z: number | null }[];
} = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/glm/noise-reference.json'), 'utf8'));

const { nTime, nVoxels } = reference;
const names = ['a', 'b', 'c', 'drift_1', 'drift_2', 'drift_3', 'constant'];

const designOf = (columns: number[]): Design => ({
  names,
  roles: ['condition', 'condition', 'condition', 'drift', 'drift', 'drift', 'constant'],
  columns: matrix(nTime, names.length, columns),
});

const rows = parseContrastRows('a - b; b - c', names);
const t = [1, -1, 0, 0, 0, 0, 0];

function assertEstimates(fit: RunFit, expected: Estimates, tolerance: number, what: string): void {
  assert.equal(fit.dof, expected.dof);
  assertClose(fit.residualVariance, expected.residualVariance, tolerance, `${what}: residual variance`);
  const contrast = computeContrast(fit, t);
  assertClose(contrast.effect, expected.effect, tolerance, `${what}: effect`);
  assertClose(contrast.variance, expected.variance, tolerance, `${what}: variance`);
  assertClose(fStatistics(computeRows(fit, rows)), expected.f, tolerance, `${what}: F`);
}

test("AR(1) noise of a coefficient a voxel: nilearn's numbers", () => {
  for (const run of reference.runs) {
    const fit = fitRunAr1(designOf(run.design), Float32Array.from(run.y), nVoxels);
    assert.deepEqual([...(fit.autocorrelation ?? [])], run.ar1.rho);
    assertClose(fit.beta, run.ar1.beta, 1e-10, 'coefficients');
    assertEstimates(fit, run.ar1, 1e-9, 'ar1');
  }
});

test("AR(1) noise of one shape for all voxels: SPM's restricted maximum likelihood and whitening", () => {
  for (const run of reference.runs) {
    const fit = fitRunAr1Global(designOf(run.design), Float32Array.from(run.y), nVoxels);
    assert.deepEqual(fit.problems, []);
    assertClose([fit.autocorrelation?.[0] ?? 0], [run.ar1Global.lag1], 1e-9, 'correlation at lag 1');
    // SPM's model has no drift columns: its filter takes them out.
    const { beta } = run.ar1Global;
    assertClose(fit.beta.subarray(0, 3 * nVoxels), beta.slice(0, 3 * nVoxels), 1e-9, 'coefficients');
    assertEstimates(fit, run.ar1Global, 1e-8, 'ar1-global');
  }
});

test('runs combined: the mean, and the mean weighted by precision, of t and of F', () => {
  const fits = reference.runs.map((run) =>
    fitRunAr1(designOf(run.design), Float32Array.from(run.y), nVoxels),
  );
  for (const kind of ['mean', 'precision'] as const) {
    const expected = reference.fixed[kind];
    const { effect, variance, dof } = fixedEffects(
      fits.map((fit) => computeContrast(fit, t)),
      kind,
    );
    assert.equal(dof, 2 * (nTime - names.length));
    assertClose(effect, expected.effect, 1e-9, `${kind}: effect`);
    assertClose(variance, expected.variance, 1e-9, `${kind}: variance`);
    const combined = new FixedEffects(kind);
    for (const fit of fits) combined.add(computeRows(fit, rows));
    assertClose(fStatistics(combined.result()), expected.f, 1e-9, `${kind}: F`);
  }
});

test('p and z of F are those of scipy.stats, in both tails', () => {
  for (const { f, d1, d2, p, z } of reference.fTails) {
    const estimate = {
      nRows: d1,
      dof: d2,
      effects: new Float64Array(d1),
      covariances: new Float64Array((d1 * (d1 + 1)) / 2),
    };
    const tails = fTails(Float64Array.of(f), estimate);
    assertClose(tails.p, [p], 1e-9, `p of F = ${f}`);
    if (z !== null) assertClose(tails.z, [z], 1e-8, `z of F = ${f}`);
    else assert.ok(tails.z[0] > 37);
  }
});

test('an F of one row is the square of t', () => {
  const [run] = reference.runs;
  const fit = fitRun(designOf(run.design), Float32Array.from(run.y), nVoxels);
  const { effect, variance } = computeContrast(fit, t);
  const f = fStatistics(computeRows(fit, parseContrastRows('a - b', names)));
  assertClose(
    f,
    effect.map((value, v) => value ** 2 / variance[v]),
    1e-12,
    'F',
  );
});

test('white noise has no autocorrelation to speak of, and AR(1) noise gets its own back', () => {
  const random = new Random('noise');
  const n = 200;
  const voxels = 300;
  const columns = matrix(n, 3);
  for (let i = 0; i < n; i++) {
    columns.data[i * 3] = Math.sin(i / 3);
    columns.data[i * 3 + 1] = Math.cos(i / 7);
    columns.data[i * 3 + 2] = 1;
  }
  const design: Design = {
    names: ['a', 'b', 'constant'],
    roles: ['condition', 'condition', 'constant'],
    columns,
  };
  for (const rho of [0, 0.3]) {
    const y = new Float32Array(n * voxels);
    for (let v = 0; v < voxels; v++) {
      let noise = random.normal() / Math.sqrt(1 - rho ** 2);
      for (let i = 0; i < n; i++) {
        if (i > 0) noise = rho * noise + random.normal();
        y[i * voxels + v] = 1000 + noise + 4 * columns.data[i * 3];
      }
    }
    const mean = (values: ArrayLike<number> = []) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / voxels;
    assert.ok(Math.abs(mean(fitRunAr1(design, y, voxels).autocorrelation) - rho) < 0.03);
    assert.ok(Math.abs(mean(fitRunAr1Global(design, y, voxels).autocorrelation) - rho) < 0.03);
  }
});

test('where no voxel responds all tell of the noise, and a voxel that never changes none', () => {
  const [run] = reference.runs;
  const design = designOf(run.design);
  const constant = new Float32Array(nTime * 2).fill(7);
  const flat = fitRunAr1Global(design, constant, 2);
  assert.deepEqual(
    flat.problems.map(({ code }) => code),
    ['NOISE_MODEL_FALLBACK', 'NOISE_MODEL_FALLBACK'],
  );
  assert.deepEqual([...flat.residualVariance], [0, 0]);
  assert.deepEqual([...fitRunAr1(design, constant, 2).residualVariance], [0, 0]);
  const random = new Random('nothing');
  const noise = Float32Array.from({ length: nTime * 5 }, () => 100 + random.normal());
  const { problems } = fitRunAr1Global(design, noise, 5);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['NOISE_MODEL_FALLBACK'],
  );
});

test('rows of contrasts: expressions, numbers, and all columns that begin alike', () => {
  const columns = ['face_delay_0', 'face_delay_1', 'house', 'constant'];
  const rowsOf = (text: string) => {
    const { rows: count, cols, data } = parseContrastRows(text, columns);
    return Array.from({ length: count }, (_, r) => [...data.subarray(r * cols, (r + 1) * cols)]);
  };
  assert.deepEqual(rowsOf('face_delay_*'), [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
  ]);
  assert.deepEqual(rowsOf('face_delay_0 - house; 2*house'), [
    [1, 0, -1, 0],
    [0, 0, 2, 0],
  ]);
  assert.deepEqual(rowsOf('[1, -1; 0 0 1]'), [
    [1, -1, 0, 0],
    [0, 0, 1, 0],
  ]);
  for (const bad of ['[1 2 3 4 5]', '[1 x]', '[0 0]', ';', '']) {
    assert.throws(() => rowsOf(bad), { code: 'CONTRAST_INVALID' }, bad);
  }
  assert.throws(() => rowsOf('cat*'), { code: 'CONTRAST_UNKNOWN_COLUMN' });
  const [run] = reference.runs;
  const fit = fitRun(designOf(run.design), Float32Array.from(run.y), nVoxels);
  assert.throws(() => computeRows(fit, parseContrastRows('a; b; a + b', names)), {
    code: 'CONTRAST_INVALID',
    message: /not independent/,
  });
});
