import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import { imageSetOf } from '../../../src/main/generative/image-set.ts';
import { fitPca, loadPca } from '../../../src/main/generative/pca/pca.ts';
import { gram, type Matrix, matrix } from '../../../src/main/math/matrix.ts';
import { Random } from '../../../src/main/math/random.ts';
import { symmetricEigen } from '../../../src/main/math/symmetric-eigen.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { quietContext, type ToyFaces, toyFaces } from '../toy.ts';

let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm', { threads: 1 }));
});
after(() => engine.dispose());

const size = 8;
const nFeatures = size * size * 3;
const isCode = (code: string) => (error: unknown) => error instanceof FusiformError && error.code === code;

function centredRows({ count, pixels }: Pick<ToyFaces, 'count' | 'pixels'>): Matrix {
  const rows = Float64Array.from(pixels, (byte) => byte / 255);
  for (let j = 0; j < nFeatures; j++) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += rows[i * nFeatures + j] / count;
    for (let i = 0; i < count; i++) rows[i * nFeatures + j] -= mean;
  }
  return matrix(count, nFeatures, rows);
}

test('components and variances equal the full eigendecomposition in float64', async () => {
  const random = new Random('grain');
  const pixels = toyFaces(300, size).pixels.map((byte) => byte + random.integer(20));
  const faces = imageSetOf(pixels, size);
  const nComponents = 10;
  const { mean, components, explainedVariance } = await fitPca(
    engine,
    faces,
    nComponents,
    { seed: 1 },
    quietContext(),
  );
  assert.deepEqual(mean.shape, [nFeatures]);
  assert.deepEqual(components.shape, [nComponents, nFeatures]);
  const { values, vectors } = symmetricEigen(gram(centredRows({ count: faces.count, pixels })));
  for (let k = 0; k < nComponents; k++) {
    const variance = values[k] / (faces.count - 1);
    assert.ok(Math.abs(explainedVariance.data[k] - variance) < 1e-4 * variance, `variance ${k}`);
    let dot = 0;
    for (let j = 0; j < nFeatures; j++) {
      dot += components.data[k * nFeatures + j] * vectors.data[j * nFeatures + k];
    }
    assert.ok(Math.abs(Math.abs(dot) - 1) < 1e-4, `component ${k}: cosine ${dot}`);
    const component = components.data.subarray(k * nFeatures, (k + 1) * nFeatures);
    const extremes = [Math.max(...component), -Math.min(...component)];
    assert.ok(extremes[0] >= extremes[1], 'the largest element is positive');
  }
  assert.equal(engine.memory().tensors, 0);
});

test('all components together are orthonormal and give every face back', async () => {
  const faces = toyFaces(30, size);
  const arrays = await fitPca(engine, faces, 29, { seed: 2 }, quietContext());
  const { data } = arrays.components;
  for (let a = 0; a < 29; a++) {
    for (let b = 0; b <= a; b++) {
      let dot = 0;
      for (let j = 0; j < nFeatures; j++) dot += data[a * nFeatures + j] * data[b * nFeatures + j];
      assert.ok(Math.abs(dot - (a === b ? 1 : 0)) < 1e-4, `${a}, ${b}: ${dot}`);
    }
  }
  const model = loadPca(engine, arrays);
  const latents = await model.encode(faces.pixels);
  const images = await model.decode(latents);
  images.forEach((value, at) => {
    assert.ok(Math.abs(value - faces.pixels[at] / 255) < 1e-4);
  });
  const one = await model.encode(faces.pixels.subarray(5 * nFeatures, 6 * nFeatures));
  assert.deepEqual(one, latents.slice(5 * 29, 6 * 29));
  assert.deepEqual(await model.decode(one), images.slice(5 * nFeatures, 6 * nFeatures));
  model.dispose();
  assert.equal(engine.memory().tensors, 0);
});

test('another seed gives the same components, the same seed the same bits', async () => {
  const faces = toyFaces(60, size);
  const fit = (seed: number) => fitPca(engine, faces, 4, { seed }, quietContext());
  const [first, again, other] = [await fit(1), await fit(1), await fit(9)];
  assert.deepEqual(again, first);
  other.components.data.forEach((value, at) => {
    assert.ok(Math.abs(value - first.components.data[at]) < 1e-4);
  });
});

test('faces without variance and too few faces', async () => {
  const { pixels } = toyFaces(1, size);
  const same = imageSetOf(
    Uint8Array.from({ length: 6 * nFeatures }, (_, i) => pixels[i % nFeatures]),
    size,
  );
  const arrays = await fitPca(engine, same, 3, { seed: 1 }, quietContext());
  assert.ok(arrays.explainedVariance.data.every((value) => value < 1e-9));
  assert.ok(arrays.components.data.every(Number.isFinite));
  await assert.rejects(
    fitPca(engine, toyFaces(5, size), 5, { seed: 1 }, quietContext()),
    isCode('TOO_FEW_FACES'),
  );
  assert.throws(() => loadPca(engine, { mean: arrays.mean }), isCode('MODEL_INVALID'));
  assert.equal(engine.memory().tensors, 0);
});

test('a fit can be cancelled', async () => {
  const cancelled = fitPca(
    engine,
    toyFaces(20, size),
    3,
    { seed: 1 },
    quietContext(AbortSignal.abort(new Error('enough'))),
  );
  await assert.rejects(cancelled, /enough/);
  assert.equal(engine.memory().tensors, 0);
});
