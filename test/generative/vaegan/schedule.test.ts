import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHealthy } from '../../../src/main/generative/vaegan/divergence.ts';
import {
  historyFromArray,
  historyToArray,
  type LossRow,
} from '../../../src/main/generative/vaegan/loss-history.ts';
import { gateUpdates, planStep } from '../../../src/main/generative/vaegan/schedule.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { toyConfig } from '../toy.ts';

const row: LossRow = {
  step: 1,
  phase: 'adversarial',
  learningRate: 1e-3,
  kl: 10,
  pixel: 20,
  similarity: 30,
  onReal: 0.7,
  onReconstruction: 0.6,
  onSample: null,
  generatorUpdated: true,
  discriminatorUpdated: false,
  accuracy: 0.5,
  microBatch: 8,
};

test('each phase rises over its ramp and falls along a cosine to its final share', () => {
  const config = toyConfig({
    optimiser: { learningRate: 1, warmupLearningRate: 2, discriminatorLearningRate: 3 },
    schedule: { warmupSteps: 100, adversarialSteps: 50, rampSteps: 10, finalLearningRate: 0.1, batchSize: 8 },
    loss: { kl: 4, klRampSteps: 20 },
  });
  const rates = Array.from({ length: 150 }, (_, step) => planStep(config, step).learningRate);
  assert.ok(rates.slice(0, 11).every((rate, at) => at === 0 || rate > rates[at - 1]));
  assert.equal(rates[10], 2);
  assert.ok(Math.abs(rates[55] - 2 * 0.55) < 1e-12, 'half way down at half time');
  assert.ok(Math.abs(rates[99] - 0.2) < 0.002);
  assert.equal(planStep(config, 99).phase, 'warmup');
  assert.equal(planStep(config, 100).phase, 'adversarial');
  assert.equal(planStep(config, 110).learningRate, 1);
  assert.equal(planStep(config, 110).discriminatorLearningRate, 3);
  assert.equal(planStep(config, 4).klWeight, 1);
  assert.equal(planStep(config, 40).klWeight, 4);
  assert.equal(planStep(config, 0).momentum, 0.1);
  assert.equal(planStep(config, 5000).momentum, 0.99);
});

test('the side that is too far ahead pauses, and never both', () => {
  const config = toyConfig({ gate: { equilibrium: Math.LN2, margin: 0.4 } });
  const gate = (onReal: number, onReconstruction: number) =>
    gateUpdates(config, { onReal, onReconstruction });
  assert.deepEqual(gate(0.7, 0.7), { generator: true, discriminator: true });
  assert.deepEqual(gate(0.2, 0.7), { generator: true, discriminator: false });
  assert.deepEqual(gate(0.7, 0.2), { generator: true, discriminator: false });
  assert.deepEqual(gate(1.2, 0.7), { generator: false, discriminator: true });
  assert.deepEqual(gate(0.2, 1.2), { generator: true, discriminator: true });
  const open = toyConfig({ gate: { enabled: false } });
  assert.deepEqual(gateUpdates(open, { onReal: 0, onReconstruction: 0 }), {
    generator: true,
    discriminator: true,
  });
});

test('the history survives its way through an array', () => {
  const rows: LossRow[] = [
    { ...row, phase: 'warmup', similarity: null, onReal: null, onReconstruction: null },
    { ...row, step: 2 },
  ];
  assert.deepEqual(historyFromArray(historyToArray(rows)), rows);
  assert.deepEqual(historyFromArray(historyToArray([])), []);
});

test('lost trainings are told apart', () => {
  const failure = (history: LossRow[]) => {
    try {
      assertHealthy(history);
    } catch (error) {
      assert.ok(error instanceof FusiformError);
      assert.equal(error.code, 'TRAINING_DIVERGED');
      return error.message;
    }
    return null;
  };
  const repeat = (changes: Partial<LossRow>, count = 200) =>
    Array.from({ length: count }, (_, at) => ({ ...row, ...changes, step: at + 1 }));
  assert.equal(failure(repeat({})), null);
  assert.match(failure([{ ...row, kl: Number.NaN }]) ?? '', /kl is NaN/);
  assert.match(failure([{ ...row, similarity: Number.POSITIVE_INFINITY }]) ?? '', /similarity is Infinity/);
  assert.match(failure(repeat({ kl: 0.001 })) ?? '', /posterior collapse/);
  assert.equal(failure(repeat({ kl: 0.001 }, 199)), null);
  assert.match(failure(repeat({ onReconstruction: 0.001 })) ?? '', /cannot follow/);
});
