import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worldCoordinates } from '../../src/main/imaging/grid.ts';
import { Random } from '../../src/main/math/random.ts';
import { mean } from '../../src/main/math/statistics.ts';
import { evokedSignal, simulateRun } from '../../src/main/simulation/bold.ts';
import { makeBrain } from '../../src/main/simulation/brain.ts';
import { measureCalibration } from '../../src/main/simulation/calibration.ts';
import { planExperiment } from '../../src/main/simulation/experiment.ts';
import { sampleFace } from '../../src/main/simulation/faces.ts';
import { boxcarResponse, haemodynamicResponse } from '../../src/main/simulation/haemodynamics.ts';
import { makeTuningUnits, respond } from '../../src/main/simulation/tuning.ts';

const plan = planExperiment({ seed: 'test', nRuns: 4, testPresentations: 4 });
const brain = makeBrain('test');
const run = simulateRun(brain, plan.runs[0], plan.faces, 'test');
const nVoxels = 26 * 30 * 20;

test('the response peaks after 5 s, and dips after 15 s', () => {
  const times = Array.from({ length: 3200 }, (_, i) => i / 100);
  const values = times.map(haemodynamicResponse);
  assert.ok(Math.abs(times[values.indexOf(Math.max(...values))] - 5) < 0.02);
  assert.ok(Math.abs(times[values.indexOf(Math.min(...values))] - 15.7) < 0.5);
  assert.equal(haemodynamicResponse(-1), 0);
});

test('a boxcar integrates the response: equal to a fine sum, 5/6 for a lasting one, 0 before', () => {
  let sum = 0;
  for (let i = 0; i < 1000; i += 1) sum += haemodynamicResponse(7 - 2 - (i + 0.5) / 1000) / 1000;
  assert.ok(Math.abs(boxcarResponse(7, 2, 1) - sum) < 1e-4);
  assert.ok(Math.abs(boxcarResponse(100, 0, 100) - 5 / 6) < 1e-3);
  assert.equal(boxcarResponse(2, 2, 1), 0);
  assert.equal(boxcarResponse(60, 2, 1), 0);
});

test('tuning units are standardised over the population, and no linear function of the traits', () => {
  const units = makeTuningUnits(16, new Random('units'));
  const random = new Random('population');
  const responses = Array.from({ length: 2000 }, () => respond(units, sampleFace(random)));
  for (let unit = 0; unit < 16; unit += 1) {
    const values = responses.map((response) => response[unit]);
    assert.ok(Math.abs(mean(values)) < 0.15);
    const spread = Math.sqrt(mean(values.map((value) => value ** 2)));
    assert.ok(Math.abs(spread - 1) < 0.2, `${spread}`);
  }
  const face = { ...sampleFace(new Random(1)) };
  const opposite = Object.fromEntries(
    Object.entries(face).map(([name, value]) => [name, typeof value === 'number' ? -value : value]),
  ) as unknown as typeof face;
  const neutral = Object.fromEntries(
    Object.entries(face).map(([name, value]) => [name, typeof value === 'number' ? 0 : value]),
  ) as unknown as typeof face;
  const [a, b, c] = [face, opposite, neutral].map((one) => respond(units, one));
  assert.ok(a.some((value, unit) => Math.abs(value + b[unit] - 2 * c[unit]) > 0.3));
});

test('the head: ascending masks, grey matter inside the brain, regions that cover it', () => {
  const inside = new Set(brain.brainMask.indices);
  assert.ok(brain.greyMask.indices.every((index) => inside.has(index)));
  assert.ok(brain.brainMask.indices.length > 5000 && brain.greyMask.indices.length > 2500);
  for (const [v, position] of brain.greyInBrain.entries()) {
    assert.equal(brain.brainMask.indices[position], brain.greyMask.indices[v]);
  }
  const covered = brain.regions.flatMap(({ voxels }) => [...voxels]).sort((a, b) => a - b);
  assert.deepEqual(
    covered,
    covered.map((_, i) => i),
  );
  assert.equal(covered.length, brain.greyMask.indices.length);
  const middle = worldCoordinates(brain.grid, brain.brainMask.indices[brain.brainMask.indices.length >> 1]);
  assert.ok(middle.every((coordinate) => Math.abs(coordinate) < 90));
});

test('a run is deterministic, positive inside the brain and 0 outside', () => {
  assert.equal(run.nVolumes, 195);
  assert.equal(run.series.length, 195 * nVoxels);
  assert.equal(run.motion.length, 195 * 6);
  const again = simulateRun(makeBrain('test'), plan.runs[0], plan.faces, 'test');
  assert.ok(Buffer.from(again.series.buffer).equals(Buffer.from(run.series.buffer)));
  const inside = new Set(brain.brainMask.indices);
  for (const volume of [0, 100]) {
    for (let index = 0; index < nVoxels; index += 1) {
      const value = run.series[volume * nVoxels + index];
      assert.ok(inside.has(index) ? value > 100 && value < 3000 : value === 0);
    }
  }
});

test('confounds carry the motion, and have no displacement before the second volume', () => {
  const { confounds, motion } = run;
  assert.deepEqual(Object.keys(confounds), [
    'trans_x',
    'trans_y',
    'trans_z',
    'rot_x',
    'rot_y',
    'rot_z',
    'framewise_displacement',
    'global_signal',
  ]);
  assert.equal(confounds.rot_y[7], motion[7 * 6 + 4]);
  assert.ok(Number.isNaN(confounds.framewise_displacement[0]));
  const displacement = confounds.framewise_displacement.subarray(1);
  assert.ok(mean(displacement) > 0.03 && mean(displacement) < 0.3);
  assert.ok(Math.max(...motion.map(Math.abs)) < 3);
});

test('imagery drives the temporal region with the imagined face, and shows in runs that have it alone', () => {
  const still = plan.runs[0].presented.map((face, i) =>
    plan.runs[0].events[i].trialType === 'Img' ? face : -1,
  );
  assert.ok(still.every((face) => face < 0));
  const withImagery = plan.runs[3];
  const only = {
    ...withImagery,
    presented: withImagery.presented.map((face, i) =>
      withImagery.events[i].trialType === 'Img' ? face : -1,
    ),
  };
  const { identity } = evokedSignal(brain, only, plan.faces, new Random(1));
  const nGrey = brain.greyMask.indices.length;
  const energy = brain.regions.map(({ voxels }) => {
    let sum = 0;
    for (let t = 0; t < only.nVolumes; t += 1) for (const v of voxels) sum += identity[t * nGrey + v] ** 2;
    return sum / voxels.length;
  });
  const [occipital, temporal, frontoparietal] = energy;
  assert.ok(temporal > 20 * occipital && temporal > 20 * frontoparietal, energy.join(' '));
});

test('signal and noise are as strong as stated', () => {
  const calibration = measureCalibration(brain, plan, 'test', 2);
  assert.ok(calibration.tSnr > 55 && calibration.tSnr < 80, `${calibration.tSnr}`);
  assert.ok(calibration.lag1Autocorrelation > 0.3 && calibration.lag1Autocorrelation < 0.5);
  const [occipital, temporal, frontoparietal] = calibration.regions.map(({ best }) => best);
  assert.ok(occipital > 0.025 && occipital < 0.045, `${occipital}`);
  assert.ok(temporal > 0.015 && temporal < occipital);
  assert.ok(frontoparietal > 0.005 && frontoparietal < temporal);
});
