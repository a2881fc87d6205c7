import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import type { VaeGanConfigInput } from '../../../src/main/generative/vaegan/config.ts';
import {
  type CheckpointFacts,
  type LossRow,
  trainVaeGan,
} from '../../../src/main/generative/vaegan/train.ts';
import type { NamedArrays } from '../../../src/main/math/nd-array.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { quietContext, toyConfig, toyFaces } from '../toy.ts';

let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm', { threads: 1 }));
});
after(() => engine.dispose());

const faces = toyFaces(40);

interface Failed {
  readonly message: string;
  readonly history: LossRow[];
  readonly checkpoints: (CheckpointFacts & { state: NamedArrays })[];
}

/** Trains until it fails, with a checkpoint every `every` steps. */
async function failing(changes: VaeGanConfigInput, every = 20): Promise<Failed> {
  const checkpoints: Failed['checkpoints'] = [];
  const history: LossRow[] = [];
  const training = trainVaeGan(
    engine,
    faces,
    toyConfig(changes),
    {
      seed: 1,
      checkpointDue: (step) => step % every === 0,
      onCheckpoint: async (state, facts) => void checkpoints.push({ ...facts, state }),
      onStep: (row) => history.push(row),
    },
    quietContext(),
  );
  let message = '';
  await assert.rejects(training, (error) => {
    assert.ok(error instanceof FusiformError);
    assert.equal(error.code, 'TRAINING_DIVERGED');
    message = error.message;
    return true;
  });
  assert.equal(engine.memory().tensors, 0);
  return { message, history, checkpoints };
}

test('a learning rate that drives weights beyond all numbers: no checkpoint of such weights is written', async () => {
  const { message, checkpoints } = await failing(
    {
      optimiser: { warmupLearningRate: 1e39 },
      schedule: { batchSize: 8, warmupSteps: 20, adversarialSteps: 0 },
    },
    1,
  );
  assert.match(message, /step 1: .* not finite.*learning rate/);
  assert.equal(checkpoints.length, 0);
});

test('losses that explode are told by their running median', async () => {
  const { message, checkpoints } = await failing({
    optimiser: { warmupLearningRate: 50 },
    schedule: { batchSize: 8, warmupSteps: 3000, adversarialSteps: 0, rampSteps: 2999 },
  });
  assert.match(message, /kl.* exceeded 100 times the median/);
  assert.ok(checkpoints.some(({ doubtful }) => !doubtful));
});

test('a collapsed posterior, whose last checkpoints are doubtful and whose early ones are not', async () => {
  const { message, history, checkpoints } = await failing({
    loss: { kl: 300, klRampSteps: 300, warmupPixel: 0.1 },
    optimiser: { warmupLearningRate: 1e-2 },
    schedule: { batchSize: 8, warmupSteps: 1500, adversarialSteps: 0 },
  });
  assert.match(message, /posterior collapse/);
  assert.ok(history.slice(-200).every(({ kl }) => kl < 0.05));
  assert.equal(checkpoints.at(0)?.doubtful, false);
  assert.equal(checkpoints.at(-1)?.doubtful, true);
});

test('a discriminator that has won for good', async () => {
  const { message, history } = await failing({
    gate: { enabled: false },
    loss: { adversarial: 0, adversarialPixel: 2 },
    optimiser: { learningRate: 1e-7, discriminatorLearningRate: 1e-2 },
    schedule: { batchSize: 8, warmupSteps: 0, adversarialSteps: 1500 },
  });
  assert.match(message, /discriminator's loss on reconstructions stayed below 0.01 .* it has won/);
  assert.ok((history.at(-1)?.accuracy ?? 0) > 0.9);
});

test('a discriminator that has lost for good', async () => {
  const { message } = await failing({
    gate: { enabled: false },
    loss: { adversarial: 1000, generatorSimilarity: 0, adversarialPixel: 0, generator: 'nonSaturating' },
    optimiser: { learningRate: 1e-2, discriminatorLearningRate: 1e-7 },
    schedule: { batchSize: 8, warmupSteps: 0, adversarialSteps: 1500 },
  });
  assert.match(message, /stayed above 2.77 .* it has lost/);
});
