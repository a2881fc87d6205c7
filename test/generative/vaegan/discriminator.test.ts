import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import { featureCount } from '../../../src/main/generative/feature-network.ts';
import { loadDiscriminator } from '../../../src/main/generative/vaegan/discriminator.ts';
import { trainVaeGan } from '../../../src/main/generative/vaegan/train.ts';
import type { NamedArrays } from '../../../src/main/math/nd-array.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { quietContext, toyConfig, toyFaces } from '../toy.ts';

const config = toyConfig();
const faces = toyFaces(20);
let engine: Engine;
let arrays: NamedArrays;

before(async () => {
  ({ engine } = await openEngine('wasm', { threads: 1 }));
  ({ arrays } = await trainVaeGan(engine, faces, config, { seed: 1 }, quietContext()));
});
after(() => engine.dispose());

const images = () => Float32Array.from(faces.pixels, (byte) => byte / 255);

test('a trained model keeps its discriminator, whose features have the shapes of its layers', async () => {
  const { tensors } = engine.memory();
  const discriminator = loadDiscriminator(engine, config, arrays);
  assert.deepEqual(
    discriminator.layers.map(({ height, width, channels }) => [height, width, channels]),
    [
      [8, 8, 4],
      [4, 4, 6],
    ],
  );
  const features = await discriminator.features(images(), 16);
  features.forEach((values, at) => {
    assert.equal(values.length, faces.count * featureCount(discriminator.layers[at]));
  });
  discriminator.dispose();
  assert.equal(engine.memory().tensors, tensors);
});

test('the first layer is the convolution, bias and ELU of plain loops', async () => {
  const discriminator = loadDiscriminator(engine, config, arrays);
  const [first] = await discriminator.features(images(), 16);
  discriminator.dispose();
  const kernel = arrays['discriminator/layer1/conv2d/W'].data;
  const bias = arrays['discriminator/layer1/conv2d/b'].data;
  const face = 3;
  // Stride 2 on an even size pads one row below and one column to the right.
  for (const [y, x] of [
    [0, 0],
    [3, 5],
    [7, 7],
  ]) {
    for (let out = 0; out < 4; out++) {
      let sum = bias[out];
      for (let dy = 0; dy < 3; dy++) {
        for (let dx = 0; dx < 3; dx++) {
          const [row, column] = [2 * y + dy, 2 * x + dx];
          if (row >= 16 || column >= 16) continue;
          for (let c = 0; c < 3; c++) {
            const value = (faces.pixels[((face * 16 + row) * 16 + column) * 3 + c] / 255) * 2 - 1;
            sum += value * kernel[((dy * 3 + dx) * 3 + c) * 4 + out];
          }
        }
      }
      const expected = sum > 0 ? sum : Math.expm1(sum);
      const actual = first[((face * 8 + y) * 8 + x) * 4 + out];
      assert.ok(Math.abs(actual - expected) < 1e-5, `${actual} is not ${expected}`);
    }
  }
});

test('a face has the same features alone as among others', async () => {
  const discriminator = loadDiscriminator(engine, config, arrays);
  const all = await discriminator.features(images(), 16);
  const alone = await discriminator.features(images().slice(5 * 768, 6 * 768), 16);
  alone.forEach((values, at) => {
    const length = featureCount(discriminator.layers[at]);
    values.forEach((value, k) => {
      assert.ok(Math.abs(value - all[at][5 * length + k]) < 1e-5);
    });
  });
  discriminator.dispose();
});

test('refuses a model without one, and images of another size', async () => {
  const isCode = (code: string) => (error: unknown) => error instanceof FusiformError && error.code === code;
  const without = Object.fromEntries(
    Object.entries(arrays).filter(([name]) => !name.startsWith('discriminator/')),
  );
  assert.throws(() => loadDiscriminator(engine, config, without), isCode('MODEL_INVALID'));
  const discriminator = loadDiscriminator(engine, config, arrays);
  await assert.rejects(discriminator.features(images(), 8), isCode('IMAGE_SIZE_MISMATCH'));
  discriminator.dispose();
});
