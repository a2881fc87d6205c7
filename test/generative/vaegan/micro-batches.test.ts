import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import { BatchSource } from '../../../src/main/generative/vaegan/batches.ts';
import type { VaeGanConfig } from '../../../src/main/generative/vaegan/config.ts';
import type { LossRow } from '../../../src/main/generative/vaegan/loss-history.ts';
import { partsOf, trainStepInParts } from '../../../src/main/generative/vaegan/micro-batches.ts';
import { trainStep } from '../../../src/main/generative/vaegan/train-step.ts';
import {
  createTrainingState,
  readVariable,
  type TrainingState,
} from '../../../src/main/generative/vaegan/training-state.ts';
import { toyConfig, toyFaces } from '../toy.ts';

let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm', { threads: 1 }));
});
after(() => engine.dispose());

const faces = toyFaces(40);
const withoutBatchNorm = {
  encoder: { channels: [6, 8], dense: 0, mu: 'linear', logSigmaLimit: 3, batchNorm: false },
  generator: { baseChannels: 8, channels: [6, 3], output: 'tanh', batchNorm: false },
} as const;

/** The gradients themselves are seen in Adam's first moments: after one step, `(1 - beta1) g`. */
async function firstStep(
  config: VaeGanConfig,
  microBatch: number,
): Promise<{ row: LossRow; gradients: Record<string, Float32Array>; weights: Record<string, Float32Array> }> {
  const state = createTrainingState(engine, config, 4);
  state.microBatch = microBatch;
  const batch = new BatchSource(faces, config, 4).batch(0);
  const inParts = microBatch < config.schedule.batchSize;
  const row = await (inParts ? trainStepInParts : trainStep)(engine, config, state, batch);
  const result = { row, gradients: await firstMoments(state), weights: await weightsOf(state) };
  state.dispose();
  assert.equal(engine.memory().tensors, 0);
  return result;
}

async function firstMoments({ players }: TrainingState): Promise<Record<string, Float32Array>> {
  const moments: Record<string, Float32Array> = {};
  for (const { adam, names } of Object.values(players)) {
    const { first } = await adam.state();
    names.forEach((name, at) => {
      moments[name] = first[at].data;
    });
  }
  return moments;
}

async function weightsOf({ variables }: TrainingState): Promise<Record<string, Float32Array>> {
  const weights: Record<string, Float32Array> = {};
  for (const [name, variable] of Object.entries(variables))
    weights[name] = (await readVariable(variable)).data;
  return weights;
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

for (const [phase, schedule] of [
  ['warm-up', { warmupSteps: 4, adversarialSteps: 0 }],
  ['adversarial phase', { warmupSteps: 0, adversarialSteps: 4 }],
] as const) {
  // 3 does not divide 8: the last part is smaller, and weighs less.
  for (const microBatch of [4, 3, 1]) {
    test(`in the ${phase} the gradients of parts of ${microBatch} are those of the batch of 8`, async () => {
      const config = toyConfig({ ...withoutBatchNorm, schedule: { batchSize: 8, ...schedule } });
      const [whole, parts] = [await firstStep(config, 8), await firstStep(config, microBatch)];
      assert.equal(parts.row.microBatch, microBatch);
      for (const name of ['kl', 'pixel', 'similarity', 'onReal', 'onReconstruction', 'onSample'] as const) {
        const [a, b] = [whole.row[name], parts.row[name]];
        if (a === null || b === null) assert.equal(a, b);
        else assert.ok(Math.abs(a - b) <= 1e-5 * Math.abs(a), `${name}: ${a}, ${b}`);
      }
      assert.equal(parts.row.accuracy, whole.row.accuracy);
      for (const [name, expected] of Object.entries(whole.gradients)) {
        const scale = largest(expected);
        const error = largest(expected.map((value, i) => value - parts.gradients[name][i]));
        assert.ok(error <= 5e-6 * scale, `${name}: ${error} of ${scale}`);
      }
    });
  }
}

test('with batch normalisation each part is normalised by itself, and the averages take the mean moments', async () => {
  const config = toyConfig({ schedule: { batchSize: 8, warmupSteps: 4, adversarialSteps: 0 } });
  const batch = new BatchSource(faces, config, 4).batch(0);
  const [first, second] = partsOf(batch, 4);
  const half = toyConfig({ schedule: { batchSize: 4, warmupSteps: 4, adversarialSteps: 0 } });
  const averages: Record<string, Float32Array>[] = [];
  for (const part of [first, second]) {
    const state = createTrainingState(engine, half, 4);
    await trainStep(engine, half, state, part);
    averages.push(await weightsOf(state));
    state.dispose();
  }
  const { weights } = await firstStep(config, 4);
  const names = Object.keys(weights).filter((name) => /bn\/(mean|variance)$/.test(name));
  assert.equal(names.length, 6);
  for (const name of names) {
    weights[name].forEach((value, i) => {
      const expected = (averages[0][name][i] + averages[1][name][i]) / 2;
      assert.ok(Math.abs(value - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `${name} ${i}`);
    });
  }
});

test('who learns is decided by the losses of the whole batch', async () => {
  const schedule = { batchSize: 8, warmupSteps: 0, adversarialSteps: 4 };
  const config = toyConfig({ ...withoutBatchNorm, schedule, gate: { margin: 0 } });
  const [whole, parts] = [await firstStep(config, 8), await firstStep(config, 2)];
  const { generatorUpdated, discriminatorUpdated } = whole.row;
  assert.notEqual(generatorUpdated, discriminatorUpdated, 'one side pauses');
  assert.deepEqual(
    { generatorUpdated: parts.row.generatorUpdated, discriminatorUpdated: parts.row.discriminatorUpdated },
    { generatorUpdated, discriminatorUpdated },
  );
  const paused = generatorUpdated ? 'discriminator/' : 'generator/';
  for (const [name, moments] of Object.entries(parts.gradients)) {
    assert.equal(largest(moments) === 0, name.startsWith(paused), name);
  }
});
