import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { identifyByFeatures } from '../../src/main/decoding/feature-identification.ts';
import { missedVariance, perceptualDistance } from '../../src/main/decoding/feature-similarity.ts';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { Random } from '../../src/main/math/random.ts';
import { mean, pearson } from '../../src/main/math/statistics.ts';

const close = (actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-6) => {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, at) => {
    assert.ok(Math.abs(actual[at] - value) <= tolerance, `${actual[at]} is not ${value}`);
  });
};

describe('missed variance', () => {
  const faces = Float32Array.of(0, 0, 4, 0, 2, 6);

  it('is nothing for the faces themselves, and one on average for their mean', () => {
    close(missedVariance(faces, faces, 2), [0, 0, 0]);
    const centre = Float32Array.of(2, 2, 2, 2, 2, 2);
    assert.ok(Math.abs(mean(missedVariance(faces, centre, 2)) - 1) < 1e-12);
  });

  it('by hand', () => {
    // Squares about the mean (2, 2): 8, 8, 16; on average 32 / 3.
    close(missedVariance(faces, Float32Array.of(1, 1, 4, 0, 2, 2), 2), [2 / (32 / 3), 0, 16 / (32 / 3)]);
  });

  it('refuses shapes that do not fit and faces that are all one', () => {
    assert.throws(() => missedVariance(faces, faces.subarray(2), 2), RangeError);
    assert.throws(() => missedVariance(faces, faces, 4), RangeError);
    assert.throws(() => missedVariance(new Float32Array(4), new Float32Array(4), 2), RangeError);
  });
});

describe('perceptual distance', () => {
  it('does not see the length of a feature vector, only its direction', () => {
    const a = Float32Array.of(3, 4, 1, 0);
    close(perceptualDistance(a, Float32Array.of(30, 40, 7, 0), 2, 2), [0]);
  });

  it('averages over positions: opposite is 4, at a right angle 2', () => {
    const a = Float32Array.of(1, 0, 1, 0, 5, 0, 5, 0);
    const b = Float32Array.of(-2, 0, 0, 3, 1, 0, 1, 0);
    close(perceptualDistance(a, b, 2, 2), [(4 + 2) / 2, 0]);
  });

  it('counts a position where one image has no feature at all as 1', () => {
    close(perceptualDistance(Float32Array.of(0, 0), Float32Array.of(0, 2), 1, 2), [1]);
  });
});

describe('identification by features', () => {
  let engine: Engine;
  before(async () => {
    engine = (await openEngine('wasm')).engine;
  });
  after(() => engine.dispose());

  it('is the fraction of other originals that correlate less, as plain loops have it', async () => {
    const n = 12;
    const width = 30;
    const random = new Random(1);
    const originals = Float32Array.from({ length: n * width }, () => random.normal());
    const made = originals.map((value) => value + 1.5 * random.normal());
    const rows = (values: Float32Array) =>
      Array.from({ length: n }, (_, row) => values.subarray(row * width, (row + 1) * width));
    const expected = rows(made).map((row, own) => {
      const r = rows(originals).map((other) => pearson(row, other));
      return r.filter((value) => value < r[own]).length / (n - 1);
    });
    assert.ok(new Set(expected).size > 1, 'some are told apart, some are not');
    close(await identifyByFeatures(engine, originals, made, width), expected);
  });

  it('leaves no tensor behind, and needs two faces', async () => {
    const { tensors } = engine.memory();
    await identifyByFeatures(engine, Float32Array.of(1, 2, 3, 1), Float32Array.of(1, 2, 3, 1), 2);
    assert.equal(engine.memory().tensors, tensors);
    await assert.rejects(
      identifyByFeatures(engine, Float32Array.of(1, 2), Float32Array.of(1, 2), 2),
      RangeError,
    );
  });
});
