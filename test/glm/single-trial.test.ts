import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeContrast, tStatistics } from '../../src/main/glm/contrast.ts';
import { parseContrast } from '../../src/main/glm/contrast-expression.ts';
import { buildDesign, type DesignOptions } from '../../src/main/glm/design.ts';
import { fitRun } from '../../src/main/glm/ols.ts';
import { fitLss, lsaDesign, trialsOf } from '../../src/main/glm/single-trial.ts';
import { matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { assertClose } from './assert-close.ts';

const random = new Random('single trials');
const nTime = 120;
const nVoxels = 6;
const events = Array.from({ length: 31 }, (_, i) => ({
  onset: 4 + 7 * i + 2 * random.uniform(),
  duration: 1,
  trialType: i === 13 ? 'odd' : i % 3 === 0 ? 'face' : 'house ',
}));
const options: DesignOptions = {
  frameTimes: Float64Array.from({ length: nTime }, (_, i) => 2 * i),
  events,
  highPass: 0.02,
  confounds: {
    names: ['trans_x', 'twice'],
    // The second is contained in the first: nuisance that is left out.
    columns: matrix(
      nTime,
      2,
      Float64Array.from({ length: nTime }, () => random.normal()).reduce((all: number[], value) => {
        all.push(value, 2 * value);
        return all;
      }, []),
    ),
  },
};
const y = Float32Array.from({ length: nTime * nVoxels }, (_, i) =>
  i % nVoxels === 5 ? 3 : 800 + 5 * random.normal(),
);

test('least squares separate, all trials at once, equals a fit a trial', () => {
  const trials = trialsOf(events, ['face', 'house', 'odd']);
  assert.equal(trials.length, 31);
  for (const convention of ['nilearn', 'spm'] as const) {
    const lss = fitLss({ ...options, convention }, trials, y, nVoxels);
    trials.forEach((trial, i) => {
      const others = trial.trialType === 'odd' ? [] : ['others'];
      const design = buildDesign({
        ...options,
        convention,
        events: events.map((event, at) => ({
          ...event,
          trialType:
            at === trial.event
              ? 'this'
              : event.trialType.trim() === trial.trialType
                ? 'others'
                : event.trialType,
        })),
      });
      assert.ok(others.every((name) => design.names.includes(name)));
      const contrast = computeContrast(fitRun(design, y, nVoxels), parseContrast('this', design.names));
      const row = (values: Float64Array) => values.subarray(i * nVoxels, (i + 1) * nVoxels);
      assertClose(row(lss.effects), contrast.effect, 1e-9, `${trial.name}: effect`);
      assertClose(row(lss.t), tStatistics(contrast), 1e-9, `${trial.name}: t`);
    });
  }
});

test('least squares all: a column a trial, other conditions as they are', () => {
  const trials = trialsOf(events, ['face']);
  const design = lsaDesign(options, trials);
  assert.equal(design.names.filter((name) => name.startsWith('face_trial_')).length, 11);
  assert.ok(design.names.includes('house') && design.names.includes('odd') && !design.names.includes('face'));
  const whole = buildDesign(options);
  const column = (of: typeof design, name: string) =>
    Array.from({ length: nTime }, (_, t) => of.columns.data[t * of.names.length + of.names.indexOf(name)]);
  const sum = trials
    .map(({ name }) => column(design, name))
    .reduce((all, one) => all.map((value, t) => value + one[t]));
  assertClose(sum, column(whole, 'face'), 1e-12, 'the trials together are their condition');
});

test('a pattern that each trial has is found again by both', () => {
  const trials = trialsOf(events, ['face', 'house', 'odd']);
  const design = lsaDesign(options, trials);
  const truth = trials.map((_, i) => Math.sin(i) + 2);
  const clean = Float32Array.from({ length: nTime }, (_, t) =>
    trials.reduce(
      (sum, { name }, i) =>
        sum + truth[i] * design.columns.data[t * design.names.length + design.names.indexOf(name)],
      100,
    ),
  );
  const fit = fitRun(design, clean, 1);
  assertClose(
    trials.map(({ name }) => fit.beta[design.names.indexOf(name)]),
    truth,
    2e-3,
    'lsa (the data are float32)',
  );
  const { effects } = fitLss(options, trials, clean, 1);
  const correlation = correlate([...effects], truth);
  assert.ok(correlation > 0.9, `lss: ${correlation}`);
});

test('responses of several columns, and trials that nothing tells apart, are refused', () => {
  const trials = trialsOf(events, ['face']);
  const derivative = { ...options, hrfModel: 'spm + derivative' as const };
  assert.throws(() => lsaDesign(derivative, trials), { code: 'DESIGN_INVALID' });
  assert.throws(() => fitLss(derivative, trials, y, nVoxels), { code: 'DESIGN_INVALID' });
  const beyond = {
    ...options,
    events: [...events, { onset: 1000, duration: 1, trialType: 'face' }],
  };
  assert.throws(() => fitLss(beyond, trialsOf(beyond.events, ['face']), y, nVoxels), {
    code: 'DESIGN_COLLINEAR',
    message: /face_trial_012/,
  });
});

function correlate(a: readonly number[], b: readonly number[]): number {
  const centre = (x: readonly number[]) => {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    return x.map((value) => value - mean);
  };
  const [p, q] = [centre(a), centre(b)];
  const dot = (x: readonly number[], z: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * z[i], 0);
  return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q));
}
