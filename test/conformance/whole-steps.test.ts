import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { recordTape } from '../../src/main/engine/tape.ts';
import { playerDefinition, players } from '../../src/main/generative/vaegan/architecture.ts';
import type { Batch } from '../../src/main/generative/vaegan/batches.ts';
import { type VaeGanConfig, vaeGanConfigSchema } from '../../src/main/generative/vaegan/config.ts';
import { vaeGanPresets } from '../../src/main/generative/vaegan/presets.ts';
import { planStep } from '../../src/main/generative/vaegan/schedule.ts';
import { forwardPass, toTensors, trainStep } from '../../src/main/generative/vaegan/train-step.ts';
import { createTrainingState, type TrainingState } from '../../src/main/generative/vaegan/training-state.ts';
import { assertArraysClose, assertWithin, forEveryEngine, numbers } from './harness.ts';

/*
 * Adversarial steps of whole networks against PyTorch in float64 (test/fixtures/conformance/whole-steps.py): losses of
 * three steps, and of every array the gradient of the first and the way it has gone after three, each by its norm and
 * its projection on a fixed direction. Weights and batch are the same sequence of numbers on both sides.
 */

type Figures = readonly (readonly [norm: number, projection: number])[];

interface Reference {
  /** KL, pixel, similarity, on real, on reconstruction, on sample; one row a step. */
  readonly losses: readonly (readonly number[])[];
  readonly gradients: Readonly<Record<string, Figures>>;
  readonly moved: Readonly<Record<string, Figures>>;
}

const fixture = join(import.meta.dirname, '../fixtures/conformance/whole-steps.json');
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { cases: Record<string, Reference> };

const schedule = { batchSize: 4, warmupSteps: 0, adversarialSteps: 10, rampSteps: 0, finalLearningRate: 1 };
const gate = { enabled: false } as const;
const { small } = vaeGanPresets;

const configs: Record<string, VaeGanConfig> = {
  small: vaeGanConfigSchema.parse({
    ...small,
    pixelRange: [-1, 1],
    loss: {
      encoderSimilarity: 2,
      generatorSimilarity: 2,
      adversarialPixel: 5,
      adversarial: 30,
      generator: 'nonSaturating',
    },
    optimiser: { learningRate: 1e-3, discriminatorLearningRate: 5e-4, beta2: 0.99 },
    discriminator: { ...small.discriminator, similarityLayers: [1, 2] },
    schedule,
    gate,
  }),
  'paper, narrowed': vaeGanConfigSchema.parse({
    latentDim: 64,
    encoder: { channels: [12, 16, 24, 32, 48], dense: 64 },
    generator: { baseChannels: 64, channels: [32, 24, 16, 12, 3] },
    discriminator: { channels: [12, 16, 24, 32, 48] },
    optimiser: { learningRate: 1e-4, discriminatorLearningRate: 1e-4 },
    schedule,
    gate,
  }),
};

/** Losses are sums of some thousand terms behind five layers. */
const lossTolerance = 2e-5;
/** Gradients have gone through ten layers and back; norms and projections are taken relative to the norm. */
const gradientTolerance = 2e-4;
/** Adam divides by the size of the gradient: where that is rounding, the step is too. */
const movedTolerance = 2e-3;

await forEveryEngine('whole steps', (engine) => {
  for (const [name, config] of Object.entries(configs)) {
    const expected = cases[name];

    it(`gives the losses and gradients of PyTorch: ${name}`, async () => {
      const { tf } = engine();
      const state = startingState(engine(), config);
      const tensors = toTensors(engine(), config, batchOf(config));
      const tape = recordTape(tf, () =>
        forwardPass(engine(), config, state.variables, tensors, planStep(config, 0)),
      );
      assertEach(await tape.value.losses.data(), expected.losses[0], lossTolerance, 'loss');
      for (const [at, player] of players.entries()) {
        const gradients = tape.gradients(tape.value.objectives[at], state.players[player].variables);
        const arrays = await Promise.all(gradients.map(async (gradient) => await gradient.data<'float32'>()));
        assertFigures(arrays, expected.gradients[player], gradientTolerance, state.players[player].names);
        tf.dispose(gradients);
      }
      tape.dispose();
      tf.dispose([tensors.images, tensors.noise, tensors.prior]);
      tf.dispose(tape.value);
      state.dispose();
      assert.equal(engine().memory().tensors, 0);
    });

    it(`goes the way of PyTorch for three steps: ${name}`, async () => {
      const state = startingState(engine(), config);
      const before = await readAll(state);
      for (const [step, losses] of expected.losses.entries()) {
        const row = await trainStep(engine(), config, state, batchOf(config));
        const given = [row.kl, row.pixel, row.similarity, row.onReal, row.onReconstruction, row.onSample];
        // What Adam made of rounding in the steps before is in the later losses.
        assertEach(
          given.map(Number),
          losses,
          step === 0 ? lossTolerance : movedTolerance,
          `step ${step + 1}`,
        );
      }
      const after = await readAll(state);
      for (const player of players) {
        const { names } = state.players[player];
        const moved = names.map((array) => after[array].map((value, i) => value - before[array][i]));
        assertFigures(moved, expected.moved[player], movedTolerance, names);
      }
      state.dispose();
      assert.equal(engine().memory().tensors, 0);
    });
  }
});

/** Fresh Adam, weights from the sequence: array i, counted over all players, starts from seed i + 1. */
function startingState(engine: Engine, config: VaeGanConfig): TrainingState {
  const state = createTrainingState(engine, config, 1);
  const definitions = players.flatMap((player) => playerDefinition(config, player).trainable);
  definitions.forEach(({ name, shape }, i) => {
    const variable: Variable = state.variables[name];
    const values = numbers(variable.size, 1 + i);
    const factor = Math.fround(name.endsWith('/W') ? Math.sqrt(3 / fanIn(name, shape)) : 0.25);
    const offset = name.endsWith('/gamma') ? 1 : 0;
    const start = engine.tf.tensor(
      values.map((value) => offset + factor * value),
      [...shape],
    );
    variable.assign(start);
    start.dispose();
  });
  return state;
}

function fanIn(name: string, shape: readonly number[]): number {
  if (shape.length === 2) return shape[0];
  const [height, width, third, fourth] = shape;
  return name.includes('deconv2d') ? (height * width * fourth) / 4 : height * width * third;
}

function batchOf({ imageSize, latentDim, schedule: { batchSize } }: VaeGanConfig): Batch {
  return {
    faces: Uint32Array.from({ length: batchSize }, (_, at) => at),
    images: numbers(batchSize * imageSize ** 2 * 3, 1001),
    noise: numbers(batchSize * latentDim, 1002),
    prior: numbers(batchSize * latentDim, 1003),
  };
}

async function readAll({ variables }: TrainingState): Promise<Record<string, Float32Array>> {
  const entries = Object.entries(variables).map(
    async ([name, variable]) => [name, (await variable.data<'float32'>()).slice()] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Each number relative to itself. */
function assertEach(
  values: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  assert.equal(values.length, expected.length);
  expected.forEach((value, i) => {
    assertArraysClose([values[i]], [value], tolerance, `${what} ${i}`);
  });
}

function assertFigures(
  arrays: readonly Float32Array[],
  expected: Figures,
  tolerance: number,
  names: readonly string[],
): void {
  assert.equal(arrays.length, expected.length);
  arrays.forEach((array, i) => {
    const direction = numbers(array.length, 2000 + i);
    let [squares, projection] = [0, 0];
    array.forEach((value, at) => {
      squares += value * value;
      projection += value * direction[at];
    });
    const [norm, expectedProjection] = expected[i];
    const off =
      Math.max(Math.abs(Math.sqrt(squares) - norm), Math.abs(projection - expectedProjection)) / norm;
    assertWithin(off, tolerance, names[i], 'norm');
  });
}
