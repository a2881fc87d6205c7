import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import type { ImageSet } from '../../../src/main/generative/image-set.ts';
import { loadVaeGan } from '../../../src/main/generative/vaegan/model.ts';
import { type LossRow, trainVaeGan } from '../../../src/main/generative/vaegan/train.ts';
import type { NamedArrays } from '../../../src/main/math/nd-array.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import type { Progress } from '../../../src/shared/progress.ts';
import { quietContext, toyConfig, toyFaces } from '../toy.ts';

let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm', { threads: 1 }));
});
after(() => engine.dispose());

const faces = toyFaces(40);
const isCode = (code: string) => (error: unknown) => error instanceof FusiformError && error.code === code;

function meanOf(rows: readonly LossRow[], value: (row: LossRow) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
}

test('losses fall, progress is told, and no tensor stays behind', async () => {
  const config = toyConfig({ schedule: { batchSize: 8, warmupSteps: 60, adversarialSteps: 20 } });
  const reports: Progress[] = [];
  const { arrays, history } = await trainVaeGan(
    engine,
    faces,
    config,
    { seed: 1 },
    { report: (progress) => reports.push(progress), signal: new AbortController().signal },
  );
  assert.equal(history.length, 80);
  assert.equal(reports.length, 80);
  assert.deepEqual({ ...reports[79], note: '' }, { done: 80, total: 80, unit: 'steps', note: '' });
  assert.match(reports[79].note ?? '', /^adversarial: KL .*, pixel .*, similarity .*, D real/);
  const pixel = (row: LossRow) => row.pixel;
  assert.ok(meanOf(history.slice(50, 60), pixel) < 0.6 * meanOf(history.slice(0, 5), pixel));
  const onReal = (row: LossRow) => row.onReal ?? Number.NaN;
  assert.ok(meanOf(history.slice(75), onReal) < meanOf(history.slice(60, 65), onReal));
  assert.ok('discriminator/logit/W' in arrays, 'kept as the learned similarity');
  assert.equal(engine.memory().tensors, 0);
});

test('a training that goes on from a checkpoint ends in the same bits', async () => {
  // Six steps of warm-up and six with a discriminator; breaks in both phases. Five steps are an epoch.
  const config = toyConfig({ schedule: { batchSize: 8, warmupSteps: 6, adversarialSteps: 6 } });
  const checkpoints: NamedArrays[] = [];
  const whole = await trainVaeGan(
    engine,
    faces,
    config,
    {
      seed: 3,
      checkpointDue: (step) => step % 4 === 0,
      onCheckpoint: async (state) => void checkpoints.push(state),
    },
    quietContext(),
  );
  assert.equal(checkpoints.length, 2);
  for (const resumeFrom of checkpoints) {
    const resumed = await trainVaeGan(engine, faces, config, { seed: 3, resumeFrom }, quietContext());
    assert.deepEqual(resumed.history, whole.history);
    assert.deepEqual(resumed.arrays, whole.arrays);
  }
  const other = await trainVaeGan(engine, faces, config, { seed: 4 }, quietContext());
  assert.notDeepEqual(other.history[0], whole.history[0]);
  assert.equal(engine.memory().tensors, 0);
});

test('on abort the state goes to onCheckpoint, and from there to the same end', async () => {
  const config = toyConfig();
  const whole = await trainVaeGan(engine, faces, config, { seed: 5 }, quietContext());
  const controller = new AbortController();
  let saved: NamedArrays | undefined;
  const broken = trainVaeGan(
    engine,
    faces,
    config,
    {
      seed: 5,
      onCheckpoint: async (state) => {
        saved = state;
      },
      onStep: ({ step }) => {
        if (step === 3) controller.abort(new Error('enough'));
      },
    },
    quietContext(controller.signal),
  );
  await assert.rejects(broken, /enough/);
  assert.ok(saved);
  assert.equal(saved['training/step'].data[0], 3);
  const resumed = await trainVaeGan(engine, faces, config, { seed: 5, resumeFrom: saved }, quietContext());
  assert.deepEqual(resumed.arrays, whole.arrays);
  assert.equal(engine.memory().tensors, 0);
});

test('a checkpoint of another training is refused', async () => {
  const config = toyConfig();
  const checkpoints: NamedArrays[] = [];
  const options = {
    seed: 1,
    checkpointDue: (step: number) => step % 3 === 0,
    onCheckpoint: async (s: NamedArrays) => void checkpoints.push(s),
  };
  await trainVaeGan(engine, faces, config, options, quietContext());
  const [resumeFrom] = checkpoints;
  const resume = (state: NamedArrays, seed: number, set: ImageSet, changes = {}) =>
    trainVaeGan(engine, set, toyConfig(changes), { seed, resumeFrom: state }, quietContext());
  const mismatch = isCode('CHECKPOINT_MISMATCH');
  await assert.rejects(resume(resumeFrom, 2, faces), mismatch);
  await assert.rejects(resume(resumeFrom, 1, toyFaces(41)), mismatch);
  await assert.rejects(resume(resumeFrom, 1, faces, { latentDim: 7 }), mismatch);
  const { 'adam/first/encoder/layer1/conv2d/W': _, ...incomplete } = resumeFrom;
  await assert.rejects(resume(incomplete, 1, faces), mismatch);
  assert.equal(engine.memory().tensors, 0);
});

test('unusable faces and a diverging training end in typed errors', async () => {
  await assert.rejects(
    trainVaeGan(engine, toyFaces(8, 12), toyConfig(), { seed: 1 }, quietContext()),
    isCode('IMAGE_SIZE_MISMATCH'),
  );
  await assert.rejects(
    trainVaeGan(engine, toyFaces(1), toyConfig(), { seed: 1 }, quietContext()),
    isCode('TOO_FEW_FACES'),
  );
  const wild = toyConfig({
    optimiser: { warmupLearningRate: 1e30 },
    schedule: { batchSize: 8, warmupSteps: 20, adversarialSteps: 0 },
  });
  await assert.rejects(trainVaeGan(engine, faces, wild, { seed: 1 }, quietContext()), (error) => {
    assert.ok(isCode('TRAINING_DIVERGED')(error));
    assert.match(String(error), /learning rate/);
    return true;
  });
  assert.equal(engine.memory().tensors, 0);
});

for (const paperLike of [false, true]) {
  test(`one image encodes and decodes as among others (${paperLike ? 'batch norm, tanh mu' : 'tiny'})`, async () => {
    const config = toyConfig(
      paperLike
        ? {
            pixelRange: [0, 1],
            encoder: { channels: [6, 8], dense: 10 },
            generator: { baseChannels: 8, channels: [6, 3] },
          }
        : { centreCodes: true },
    );
    const { arrays } = await trainVaeGan(engine, faces, config, { seed: 2 }, quietContext());
    const model = loadVaeGan(engine, config, arrays);
    const latents = await model.encode(faces.pixels);
    const images = await model.decode(latents);
    assert.equal(latents.length, 40 * 6);
    assert.equal(images.length, 40 * 16 * 16 * 3);
    assert.ok(images.every((value) => value >= 0 && value <= 1));
    if (paperLike) assert.ok(latents.every((value) => Math.abs(value) < 1));
    for (const at of [0, 17, 39]) {
      const code = await model.encode(faces.pixels.subarray(at * 768, (at + 1) * 768));
      assert.deepEqual(code, latents.slice(at * 6, (at + 1) * 6));
      assert.deepEqual(await model.decode(code), images.slice(at * 768, (at + 1) * 768));
    }
    const mean = Array.from({ length: 6 }, (_, d) => {
      let sum = 0;
      for (let face = 0; face < 40; face++) sum += latents[face * 6 + d] / 40;
      return sum;
    });
    assert.equal(
      mean.every((value) => Math.abs(value) < 1e-5),
      !paperLike,
    );
    await assert.rejects(model.encode(faces.pixels.subarray(1)), isCode('IMAGE_SIZE_MISMATCH'));
    await assert.rejects(model.decode(latents.subarray(1)), isCode('LATENT_SIZE_MISMATCH'));
    assert.deepEqual(await model.decode(new Float32Array(0)), new Float32Array(0));
    model.dispose();
    const { 'generator/fc/W': _, ...incomplete } = arrays;
    assert.throws(() => loadVaeGan(engine, config, incomplete), isCode('MODEL_INVALID'));
    assert.equal(engine.memory().tensors, 0);
  });
}
