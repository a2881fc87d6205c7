import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDrift, type DriftModel } from '../../src/main/glm/drift.ts';
import {
  gloverHrf,
  type HrfModel,
  hrfKernels,
  regressorNames,
  spmHrf,
  spmKernel,
} from '../../src/main/glm/hrf.ts';
import { modulatorColumns, trialResponses } from '../../src/main/glm/modulators.ts';
import { computeRegressor } from '../../src/main/glm/regressor.ts';
import { matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { assertClose } from './assert-close.ts';

const fixtures = join(import.meta.dirname, '../fixtures/glm');
const spmReference = join(import.meta.dirname, '../../../shared/data/glm-reference/nipy-spm');
const absent = existsSync(spmReference) ? false : 'the SPM reference vectors are absent';

interface RegressorCase {
  name: string;
  frameTimes: number[];
  onsets: number[];
  durations: number[];
  amplitudes: number[];
  expected: Record<HrfModel, number[]>;
}

interface KernelsAndDrifts {
  kernels: { tR: number; oversampling: number; model: HrfModel; expected: number[][] }[];
  drifts: {
    model: DriftModel;
    order: number;
    highPass: number;
    frameTimes: number[];
    names: string[];
    expected: number[];
  }[];
}

// Both made with nilearn's source; the files say how.
const regressors: { cases: RegressorCase[] } = JSON.parse(
  readFileSync(join(fixtures, 'regressors.json'), 'utf8'),
);
const kernelsAndDrifts: KernelsAndDrifts = JSON.parse(
  readFileSync(join(fixtures, 'kernels-and-drifts.json'), 'utf8'),
);

for (const { name, frameTimes, onsets, durations, amplitudes, expected } of regressors.cases) {
  test(`regressors equal nilearn's: ${name}`, () => {
    const events = onsets.map((onset, i) => ({ onset, duration: durations[i] }));
    for (const [hrfModel, values] of Object.entries(expected) as [HrfModel, number[]][]) {
      const columns = computeRegressor(events, frameTimes, { hrfModel, amplitudes });
      assertClose(columns.data, values, 1e-12, hrfModel);
    }
  });
}

test("kernels equal nilearn's", () => {
  for (const { tR, oversampling, model, expected } of kernelsAndDrifts.kernels) {
    const kernels = hrfKernels(model, tR, oversampling);
    assert.equal(kernels.length, 2);
    kernels.forEach((kernel, i) => {
      assertClose(kernel, expected[i], 1e-12, `${model}, TR ${tR}`);
    });
    assert.deepEqual(hrfKernels(model === 'spm + derivative' ? 'spm' : 'glover', tR, oversampling), [
      kernels[0],
    ]);
  }
});

test("SPM's own spm_hrf vectors, 54 sets of parameters", { skip: absent }, () => {
  const cases: {
    dt: number;
    peak_delay: number;
    under_delay: number;
    peak_disp: number;
    under_disp: number;
    p_u_ratio: number;
    hrf: number[];
  }[] = JSON.parse(readFileSync(join(spmReference, 'spm_hrfs.json'), 'utf8'));
  assert.equal(cases.length, 54);
  for (const reference of cases) {
    const kernel = spmKernel(reference.dt, {
      delay: reference.peak_delay,
      undershootDelay: reference.under_delay,
      dispersion: reference.peak_disp,
      undershootDispersion: reference.under_disp,
      undershootRatio: 1 / reference.p_u_ratio,
    });
    assertClose(kernel, reference.hrf, 1e-10, JSON.stringify({ ...reference, hrf: 0 }));
  }
});

test('the canonical responses: nothing before the event, peaks and areas as published', () => {
  const times = Float64Array.from({ length: 10_001 }, (_, i) => i / 100);
  const spm = spmHrf(times);
  const peak = (values: Float64Array) => times[values.indexOf(Math.max(...values))];
  assert.ok(Math.abs(peak(spm) - 5) < 0.02);
  assert.deepEqual([...spmHrf([-1, 0]), ...gloverHrf([-1, 0])], [0, 0, 0, 0]);
  // A gamma density has area 1: what is left is 1 - 1/6.
  assert.ok(Math.abs(spm.reduce((sum, value) => sum + value / 100, 0) - 5 / 6) < 1e-4);
});

test("drifts equal nilearn's", () => {
  for (const { model, order, highPass, frameTimes, names, expected } of kernelsAndDrifts.drifts) {
    const drift = createDrift(frameTimes, { driftModel: model, driftOrder: order, highPass });
    assert.deepEqual(drift.names, names);
    assertClose(drift.columns.data, expected, 1e-13, model);
  }
});

test('modulators convolved together equal each convolved alone, centred or not', () => {
  const random = new Random('modulators');
  const frameTimes = Float64Array.from({ length: 60 }, (_, i) => 2 * i);
  const events = Array.from({ length: 30 }, (_, i) => ({ onset: 3 * i + random.uniform(), duration: 1 }));
  const values = matrix(
    30,
    5,
    Float64Array.from({ length: 150 }, () => random.normal() + 0.3),
  );
  for (const centre of [false, true]) {
    const together = modulatorColumns(frameTimes, events, values, { centre });
    for (let j = 0; j < 5; j++) {
      const amplitudes = events.map((_, i) => values.data[i * 5 + j]);
      const mean = amplitudes.reduce((sum, value) => sum + value, 0) / 30;
      const alone = computeRegressor(events, frameTimes, {
        amplitudes: amplitudes.map((value) => (centre ? value - mean : value)),
      });
      const column = alone.data.map((_, i) => together.data[i * 5 + j]);
      assertClose(column, alone.data, 1e-14, `modulator ${j}`);
    }
  }
  const responses = trialResponses(frameTimes, events);
  const whole = computeRegressor(events, frameTimes);
  const sums = whole.data.map((_, i) =>
    responses.data.subarray(i * 30, (i + 1) * 30).reduce((a, b) => a + b, 0),
  );
  assertClose(sums, whole.data, 1e-13, 'the sum over trials');
  assert.throws(() => modulatorColumns(frameTimes, events.slice(1), values), RangeError);
});

interface MoreCase {
  model: HrfModel;
  delays: number[];
  frameTimes: number[];
  onsets: number[];
  durations: number[];
  amplitudes: number[];
  columns: number;
  expected: number[];
}

test("dispersion derivatives and finite impulse responses equal nilearn's", () => {
  // Made by regressors_reference.py beside it.
  const { cases }: { cases: MoreCase[] } = JSON.parse(
    readFileSync(join(fixtures, 'regressors-more.json'), 'utf8'),
  );
  assert.equal(cases.length, 6);
  for (const { model, delays, frameTimes, onsets, durations, amplitudes, columns, expected } of cases) {
    const events = onsets.map((onset, i) => ({ onset, duration: durations[i] }));
    const regressors = computeRegressor(events, frameTimes, {
      hrfModel: model,
      firDelays: delays,
      amplitudes,
    });
    assert.equal(regressors.cols, columns);
    // The quotient of the dispersion loses two digits by its step of 0.01, the time derivative one.
    assertClose(regressors.data, expected, 1e-11, `${model}, TR ${frameTimes[1]}`);
    assert.equal(regressorNames('face', model, delays).length, columns);
  }
  assert.deepEqual(regressorNames('face', 'fir', [0, 3]), ['face_delay_0', 'face_delay_3']);
  assert.deepEqual(regressorNames('face', 'glover + derivative + dispersion'), [
    'face',
    'face_derivative',
    'face_dispersion',
  ]);
});

test('a response of own parameters is that of the model with them', () => {
  const frameTimes = Float64Array.from({ length: 40 }, (_, i) => 2 * i);
  const events = [{ onset: 4, duration: 1 }];
  const shape = {
    delay: 6,
    undershootDelay: 12,
    dispersion: 0.9,
    undershootDispersion: 0.9,
    undershootRatio: 0.48,
  };
  const own = computeRegressor(events, frameTimes, { hrfModel: 'spm', shape });
  assert.deepEqual(own, computeRegressor(events, frameTimes, { hrfModel: 'glover' }));
});
