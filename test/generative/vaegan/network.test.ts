import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import { recordTape } from '../../../src/main/engine/tape.ts';
import { playerDefinition, players } from '../../../src/main/generative/vaegan/architecture.ts';
import { BatchSource } from '../../../src/main/generative/vaegan/batches.ts';
import { vaeGanConfigSchema } from '../../../src/main/generative/vaegan/config.ts';
import { vaeGanPresets } from '../../../src/main/generative/vaegan/presets.ts';
import { forwardPass, toTensors } from '../../../src/main/generative/vaegan/train-step.ts';
import { createTrainingState } from '../../../src/main/generative/vaegan/training-state.ts';
import { toyConfig, toyFaces } from '../toy.ts';

let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm', { threads: 1 }));
});
after(() => engine.dispose());

test('the paper preset has the published layers', () => {
  const shapes = (player: (typeof players)[number]) =>
    Object.fromEntries(
      playerDefinition(vaeGanPresets.paper, player).trainable.map(({ name, shape }) => [name, shape]),
    );
  const encoder = shapes('encoder');
  assert.deepEqual(encoder['encoder/layer1/conv2d/W'], [3, 3, 3, 192]);
  assert.deepEqual(encoder['encoder/layer5/conv2d/W'], [3, 3, 512, 768]);
  assert.deepEqual(encoder['encoder/layer5/bn/gamma'], [768]);
  assert.deepEqual(encoder['encoder/fc/W'], [4 * 4 * 768, 1024]);
  assert.deepEqual(encoder['encoder/variational/mu/W'], [1024, 1024]);
  assert.deepEqual(encoder['encoder/variational/log_sigma/b'], [1024]);
  const generator = shapes('generator');
  assert.deepEqual(generator['generator/fc/W'], [1024, 4 * 4 * 1024]);
  assert.deepEqual(generator['generator/layer1/deconv2d/W'], [3, 3, 512, 1024]);
  assert.deepEqual(generator['generator/layer5/deconv2d/W'], [3, 3, 3, 192]);
  assert.deepEqual(generator['generator/layer5/bn/beta'], [3]);
});

test('configurations that contradict themselves are refused', () => {
  const refused = (input: unknown, pattern: RegExp) =>
    assert.throws(() => vaeGanConfigSchema.parse(input), pattern);
  refused({ imageSize: 100 }, /must stay whole/);
  refused({ generator: { channels: [512, 384, 256, 192, 4] } }, /must end with 3/);
  refused({ discriminator: { similarityLayers: [5] } }, /does not exist/);
  refused({ schedule: { adversarialSteps: 0 } }, /no step/);
  refused({ learningRate: 1 }, /learningRate/);
  const stored = JSON.parse(JSON.stringify(vaeGanPresets.tiny));
  assert.deepEqual(vaeGanConfigSchema.parse(stored), vaeGanPresets.tiny);
});

test('batches depend on seed and step alone, and an epoch shows each face once', () => {
  const faces = toyFaces(24);
  const config = toyConfig();
  const source = new BatchSource(faces, config, 5);
  const epoch = [0, 1, 2].map((step) => source.batch(step));
  const seen = epoch.flatMap((batch) => [...batch.faces]).sort((a, b) => a - b);
  assert.deepEqual(
    seen,
    Array.from({ length: 24 }, (_, face) => face),
  );
  assert.notDeepEqual(source.batch(3).faces, epoch[0].faces);
  assert.deepEqual(new BatchSource(faces, config, 5).batch(2), epoch[2]);
  assert.notDeepEqual(new BatchSource(faces, config, 6).batch(2), epoch[2]);
  assert.ok(epoch[0].images.every((value) => value >= -1 && value <= 1));
});

for (const phase of ['warmup', 'adversarial'] as const) {
  for (const generator of ['minimax', 'nonSaturating'] as const) {
    test(`the gradients of the ${phase} step (${generator}) are those of each loss on its own`, async () => {
      const { tf } = engine;
      const config = toyConfig({ loss: { adversarialPixel: 2, generator, kl: 0.3 } });
      const state = createTrainingState(engine, config, 1);
      const tensors = toTensors(engine, config, new BatchSource(toyFaces(8), config, 1).batch(0));
      const plan = { phase, klWeight: 0.3 };
      const run = () => forwardPass(engine, config, state.variables, tensors, plan);
      const tape = recordTape(tf, run);
      for (const [at, player] of players.entries()) {
        if (at >= tape.value.objectives.length) continue;
        const { variables } = state.players[player];
        const together = tf.tidy(() => tape.gradients(tape.value.objectives[at], variables));
        const alone = tf.variableGrads(() => run().objectives[at] as Scalar, [...variables]);
        for (const [index, variable] of variables.entries()) {
          const [a, b] = [await together[index].data(), await alone.grads[variable.name].data()];
          const scale = Math.max(...b.map(Math.abs), 1e-6);
          a.forEach((value, i) => {
            assert.ok(Math.abs(value - b[i]) <= 1e-6 * scale, `${state.players[player].names[index]} ${i}`);
          });
        }
        tf.dispose(together);
        tf.dispose(alone.grads);
        alone.value.dispose();
      }
      tape.dispose();
      tf.dispose(tape.value);
      tf.dispose([tensors.images, tensors.noise, tensors.prior]);
      state.dispose();
      assert.equal(engine.memory().tensors, 0);
    });
  }
}

test('each loss moves the way its player wants: finite differences along the gradient', async () => {
  const { tf } = engine;
  const config = toyConfig();
  const state = createTrainingState(engine, config, 2);
  const tensors = toTensors(engine, config, new BatchSource(toyFaces(8), config, 2).batch(0));
  const plan = { phase: 'adversarial', klWeight: 1 } as const;
  const objective = async (at: number) => {
    const scalar = tf.tidy(() => forwardPass(engine, config, state.variables, tensors, plan).objectives[at]);
    const [value] = await scalar.data();
    scalar.dispose();
    return value;
  };
  for (const [at, player] of players.entries()) {
    const { variables } = state.players[player];
    const tape = recordTape(tf, () => forwardPass(engine, config, state.variables, tensors, plan));
    const gradients = tf.tidy(() => tape.gradients(tape.value.objectives[at], variables));
    const squared = tf.tidy(() => tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
    const [norm] = await squared.data();
    const length = 0.02 / Math.sqrt(norm);
    const shift = (factor: number) =>
      tf.tidy(() => {
        variables.forEach((variable, i) => {
          variable.assign(tf.add(variable, tf.mul(gradients[i], factor * length)));
        });
      });
    shift(0.5);
    const above = await objective(at);
    shift(-1);
    const below = await objective(at);
    shift(0.5);
    const slope = (above - below) / length / norm;
    assert.ok(Math.abs(slope - 1) < 0.05, `${player}: slope ${slope}`);
    tape.dispose();
    tf.dispose([tape.value, gradients, squared]);
  }
  tf.dispose([tensors.images, tensors.noise, tensors.prior]);
  state.dispose();
});
