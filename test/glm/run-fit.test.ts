import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  computeContrast,
  computeRows,
  fStatistics,
  fTails,
  tStatistics,
  zStatistics,
} from '../../src/main/glm/contrast.ts';
import { parseContrast, parseContrastRows } from '../../src/main/glm/contrast-expression.ts';
import { buildDesign, type ColumnRole, type Design, type DesignEvent } from '../../src/main/glm/design.ts';
import { fixedEffects } from '../../src/main/glm/fixed-effects.ts';
import { fitRun } from '../../src/main/glm/ols.ts';
import { matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { assertClose } from './assert-close.ts';

interface ReferenceRun {
  frameTimes: number[];
  events: DesignEvent[];
  confounds: number[];
  names: string[];
  design: number[];
  y: number[];
  beta: number[];
  residualVariance: number[];
  effect: number[];
  variance: number[];
  t: number[];
  z: number[];
  dof: number;
}

// Made with nilearn's source; the file says how.
const reference: {
  runs: ReferenceRun[];
  fixed: { effect: number[]; variance: number[]; t: number[]; z: number[]; dof: number };
} = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/glm/two-runs.json'), 'utf8'));

const rFolder = join(import.meta.dirname, '../../../shared/data/glm-reference/nipy-R-ols');

function designOf(run: ReferenceRun): Design {
  const nTime = run.frameTimes.length;
  return buildDesign({
    frameTimes: run.frameTimes,
    events: run.events,
    highPass: 0.02,
    confounds: { names: ['rot_x', 'trans_x'], columns: matrix(nTime, 2, run.confounds) },
  });
}

function isFusiformError(code: string, pattern: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof FusiformError && error.code === code && pattern.test(error.message);
}

test("design, estimates and contrasts of two runs equal nilearn's, and so does the fixed effect", () => {
  const contrasts = reference.runs.map((run) => {
    const design = designOf(run);
    assert.deepEqual(design.names, run.names);
    assertClose(design.columns.data, run.design, 1e-12, 'design');
    const nVoxels = run.effect.length;
    const fit = fitRun(design, Float32Array.from(run.y), nVoxels);
    assertClose(fit.beta, run.beta, 1e-11, 'beta');
    assertClose(fit.residualVariance, run.residualVariance, 1e-10, 'residual variance');
    const contrast = computeContrast(fit, parseContrast('face - house', design.names));
    assertClose(contrast.effect, run.effect, 1e-10, 'effect');
    assertClose(contrast.variance, run.variance, 1e-10, 'variance');
    assertClose(tStatistics(contrast), run.t, 1e-10, 't');
    assertClose(zStatistics(contrast), run.z, 1e-9, 'z');
    assert.equal(contrast.dof, run.dof);
    assert.deepEqual(fit.problems, []);
    return contrast;
  });
  const fixed = fixedEffects(contrasts);
  assertClose(fixed.effect, reference.fixed.effect, 1e-10, 'fixed effect');
  assertClose(fixed.variance, reference.fixed.variance, 1e-10, 'fixed variance');
  assertClose(tStatistics(fixed), reference.fixed.t, 1e-10, 'fixed t');
  assertClose(zStatistics(fixed), reference.fixed.z, 1e-9, 'fixed z');
  assert.equal(fixed.dof, reference.fixed.dof);
});

test("R's lm on nipy's data", { skip: existsSync(rFolder) ? false : 'the R reference is absent' }, () => {
  const rows = readFileSync(join(rFolder, 'data.csv'), 'utf8').trim().split('\n').slice(1);
  const values = rows.map((row) => row.split(',').map(Number));
  const names = Array.from({ length: 14 }, (_, i) => `X${i + 1}`);
  const design: Design = {
    names,
    roles: names.map((): ColumnRole => 'condition'),
    columns: matrix(rows.length, 14, Float64Array.from(values.flatMap((row) => row.slice(1)))),
  };
  // The fit takes float32: less 256, which the constant X8 takes up, Y keeps seven more bits.
  const y = Float32Array.from(values, (row) => row[0] - 256);
  const fit = fitRun(design, y, 1);
  fit.beta[names.indexOf('X8')] += 256;
  const results = readFileSync(join(rFolder, 'R_results.txt'), 'utf8');
  const table = results.slice(results.indexOf("Using '-1'"));
  assert.equal(fit.dof, 112);
  assert.equal(fit.rank, 14);
  assertClose(fit.residualVariance.map(Math.sqrt), [0.8019], 1e-4, 'residual standard error');
  assertClose([fit.residualVariance[0] * fit.dof], [72.02328], 1e-7, 'sum of squared residuals');
  for (const name of names) {
    const [, estimate, standardError, t] = (new RegExp(`^${name} .*$`, 'm').exec(table)?.[0] ?? '').split(
      /\s+/,
    );
    const contrast = computeContrast(fit, parseContrast(name, names));
    // R prints four digits of estimates, three decimals of t.
    assertClose(contrast.effect, [Number(estimate)], 6e-4, `${name}: estimate`);
    assertClose(contrast.variance.map(Math.sqrt), [Number(standardError)], 6e-4, `${name}: standard error`);
    assert.ok(Math.abs(tStatistics(contrast)[0] - Number(t)) < 1.1e-3, `${name}: t`);
  }
  // R's overall F: all columns but the constant X8. "F-statistic: 11.59 on 13 and 112 DF, p-value: 1.818e-15".
  const rowsOfF = names.filter((name) => name !== 'X8').join('; ');
  const overall = computeRows(fit, parseContrastRows(rowsOfF, names));
  const f = fStatistics(overall);
  assert.ok(Math.abs(f[0] - 11.59) < 6e-3, `F: ${f[0]}`);
  assertClose(fTails(f, overall).p, [1.818e-15], 3e-4, 'p of F');
  assertClose([1 - (fit.residualVariance[0] * fit.dof) / fit.totalSquares[0]], [0.5737], 1e-4, 'R2');
  assertClose(fit.totalSquares, [168.9401], 1e-6, 'total sum of squares');
});

test('a constant voxel has no effect, and a large baseline costs no digits', () => {
  const [run] = reference.runs;
  const design = designOf(run);
  const nTime = run.frameTimes.length;
  const y = new Float32Array(nTime * 3);
  const random = new Random('baseline');
  for (let t = 0; t < nTime; t++) {
    const noise = Math.fround(random.integer(17) / 16);
    y[3 * t] = 1234.567;
    y[3 * t + 1] = noise;
    y[3 * t + 2] = noise + 65536;
  }
  const fit = fitRun(design, y, 3);
  const contrast = computeContrast(fit, parseContrast('face - house', design.names));
  assert.deepEqual([contrast.effect[0], tStatistics(contrast)[0], zStatistics(contrast)[0]], [0, 0, 0]);
  assert.equal(fit.beta[design.names.indexOf('constant') * 3], Math.fround(1234.567));
  assertClose(
    [contrast.effect[2], contrast.variance[2]],
    [contrast.effect[1], contrast.variance[1]],
    1e-10,
    'baseline',
  );
});

test('a perfect fit stays finite', () => {
  const [run] = reference.runs;
  const design = designOf(run);
  const y = Float32Array.from(run.frameTimes, (_, t) => design.columns.data[t * design.names.length + 1] * 8);
  const contrast = computeContrast(fitRun(design, y, 1), parseContrast('face', design.names));
  assertClose(contrast.effect, [8], 1e-6, 'effect');
  assert.ok(Number.isFinite(zStatistics(contrast)[0]) && zStatistics(contrast)[0] > 20);
});

test('collinear effects are named; a contained nuisance column is left out and reported', () => {
  const frameTimes = Float64Array.from({ length: 30 }, (_, i) => 2 * i);
  const at = (trialType: string, onsets: number[]) =>
    onsets.map((onset) => ({ onset, duration: 2, trialType }));
  const face = at('face', [4, 20, 40]);
  const y = new Float32Array(30);
  new Random('y').fillNormal(y);

  const twice = buildDesign({ frameTimes, events: [...face, ...at('same', [4, 20, 40])] });
  assert.throws(
    () => fitRun(twice, y, 1),
    isFusiformError('DESIGN_COLLINEAR', /'same' is a combination of 'face'/),
  );

  const silent = buildDesign({ frameTimes, events: [...face, ...at('late', [500])] });
  assert.throws(() => fitRun(silent, y, 1), isFusiformError('DESIGN_COLLINEAR', /'late' is zero throughout/));

  const plain = buildDesign({ frameTimes, events: face });
  const confounds = matrix(30, 2);
  for (let t = 0; t < 30; t++) confounds.data[2 * t] = 3;
  const nuisance = buildDesign({
    frameTimes,
    events: face,
    confounds: { names: ['level', 'nothing'], columns: confounds },
  });
  const fit = fitRun(nuisance, y, 1);
  assert.deepEqual(
    fit.problems.map((problem) => [problem.code, problem.message]),
    [
      ['DESIGN_NUISANCE_DROPPED', "The nuisance column 'nothing' is zero throughout and was left out"],
      ['DESIGN_NUISANCE_DROPPED', "The nuisance column 'level' is contained in 'constant' and was left out"],
    ],
  );
  const expected = fitRun(plain, y, 1);
  assert.equal(fit.dof, expected.dof);
  assertClose([fit.beta[0]], [expected.beta[0]], 1e-12, 'effect');
  assertClose(fit.residualVariance, expected.residualVariance, 1e-12, 'residual variance');

  // A confound that is the effect makes the effect inestimable.
  const stolen = {
    names: ['copy'],
    columns: matrix(
      30,
      1,
      Float64Array.from({ length: 30 }, (_, t) => plain.columns.data[t * plain.names.length]),
    ),
  };
  assert.throws(
    () => fitRun(buildDesign({ frameTimes, events: face, confounds: stolen }), y, 1),
    isFusiformError('DESIGN_COLLINEAR', /'face' is a combination of 'copy'/),
  );
});

test('bad data and bad designs are refused with the place', () => {
  const frameTimes = [0, 2, 4, 6, 8, 10];
  const events = [{ onset: 2, duration: 1, trialType: 'face  ' }];
  const design = buildDesign({ frameTimes, events, driftModel: 'none' });
  assert.deepEqual(design.names, ['face', 'constant']);
  assert.deepEqual(design.roles, ['condition', 'constant']);
  const y = new Float32Array(12);
  y[5] = Number.NaN;
  assert.throws(() => fitRun(design, y, 2), isFusiformError('DATA_NOT_FINITE', /1 of 2 voxels/));
  assert.throws(() => fitRun(design, y, 3), RangeError);
  assert.throws(
    () => fitRun(buildDesign({ frameTimes, events, highPass: 0.25 }), y.fill(0), 2),
    isFusiformError('DESIGN_NO_DOF', /6 volumes/),
  );
  const bad = (options: Partial<Parameters<typeof buildDesign>[0]>) => () =>
    buildDesign({ frameTimes, events, ...options });
  assert.throws(bad({ frameTimes: [0] }), isFusiformError('DESIGN_INVALID', /1 volumes/));
  assert.throws(bad({ frameTimes: [0, 2, 2] }), isFusiformError('DESIGN_INVALID', /Frame time 2/));
  assert.throws(
    bad({ events: [{ onset: Number.NaN, duration: 1, trialType: 'a' }] }),
    isFusiformError('DESIGN_INVALID', /Event 1 has onset NaN/),
  );
  assert.throws(
    bad({ confounds: { names: ['x'], columns: matrix(5, 1) } }),
    isFusiformError('DESIGN_INVALID', /5 x 1 values for 6 volumes/),
  );
  assert.throws(
    bad({ confounds: { names: ['x'], columns: matrix(6, 1, [0, 1, Number.NaN, 0, 0, 0]) } }),
    isFusiformError('DESIGN_INVALID', /'x' is NaN in row 3/),
  );
  assert.throws(
    bad({ confounds: { names: ['constant'], columns: matrix(6, 1) } }),
    isFusiformError('DESIGN_DUPLICATE_COLUMN', /'constant'/),
  );
});

test('modulators stand after the conditions and equal a modulated condition', () => {
  const frameTimes = Float64Array.from({ length: 20 }, (_, i) => 2 * i);
  const onsets = [3, 9, 17];
  const events = onsets.map((onset) => ({ onset, duration: 1, trialType: 'face' }));
  const values = matrix(3, 2, [1, -2, 0.5, 3, -1, 4]);
  const design = buildDesign({
    frameTimes,
    events,
    driftModel: 'none',
    modulators: [{ trialType: 'face', names: ['z1', 'z2'], values }],
  });
  assert.deepEqual(design.names, ['face', 'z1', 'z2', 'constant']);
  assert.deepEqual(design.roles, ['condition', 'modulator', 'modulator', 'constant']);
  const modulated = buildDesign({
    frameTimes,
    driftModel: 'none',
    events: events.map((event, i) => ({ ...event, modulation: values.data[2 * i + 1] })),
  });
  for (let t = 0; t < 20; t++) {
    assert.ok(Math.abs(design.columns.data[4 * t + 2] - modulated.columns.data[2 * t]) < 1e-15);
  }
});

test('contrasts are read as they are written', () => {
  const names = ['face', 'cat', 'house', 'face-left', 'my cond', 'a`b', '1back', '2', 'constant'];
  const weights = (expression: string) => {
    const parsed = parseContrast(expression, names);
    return Object.fromEntries(names.map((name, i) => [name, parsed[i]]).filter(([, weight]) => weight !== 0));
  };
  assert.deepEqual(weights('face - house'), { face: 1, house: -1 });
  assert.deepEqual(weights(' 0.5*face + 0.5*cat - house'), { face: 0.5, cat: 0.5, house: -1 });
  assert.deepEqual(weights('(face + cat)/2 - house*1e0'), { face: 0.5, cat: 0.5, house: -1 });
  assert.deepEqual(weights('-2 * (face - cat)'), { face: -2, cat: 2 });
  assert.deepEqual(weights('face-house'), { face: 1, house: -1 });
  assert.deepEqual(weights('face-left'), { 'face-left': 1 });
  assert.deepEqual(weights('face-left - face'), { face: -1, 'face-left': 1 });
  assert.deepEqual(weights('my cond - 1back'), { 'my cond': 1, '1back': -1 });
  assert.deepEqual(weights('`my cond` + "a`b" - \'2\''), { 'my cond': 1, 'a`b': 1, '2': -1 });
  assert.deepEqual(weights('2'), { '2': 1 });
  assert.deepEqual(weights('2*a`b'), { 'a`b': 2 });
  const fails = (expression: string, code: string, pattern: RegExp) =>
    assert.throws(() => parseContrast(expression, names), isFusiformError(code, pattern));
  fails('face - hous', 'CONTRAST_UNKNOWN_COLUMN', /'hous', .*Columns: face, cat, house/);
  fails('faces', 'CONTRAST_UNKNOWN_COLUMN', /'faces'/);
  fails('"dog"', 'CONTRAST_UNKNOWN_COLUMN', /'dog'/);
  fails('face -', 'CONTRAST_INVALID', /missing at its end/);
  fails('', 'CONTRAST_INVALID', /missing/);
  fails('face house', 'CONTRAST_INVALID', /'house' is not expected/);
  fails('(face', 'CONTRAST_INVALID', /not closed/);
  fails('face * cat', 'CONTRAST_INVALID', /multiplied/);
  fails('face / cat', 'CONTRAST_INVALID', /only a number/);
  fails('face + 1', 'CONTRAST_INVALID', /number without a column/);
  fails('face - face', 'CONTRAST_INVALID', /only zero weights/);
});
