import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossValidatedReadout } from '../../src/main/decoding/linear-readout.ts';
import { Random } from '../../src/main/math/random.ts';
import { pearson } from '../../src/main/math/statistics.ts';

const nFaces = 200;
const nLatents = 5;
const random = new Random(3);
const codes = Float64Array.from({ length: nFaces * nLatents }, () => random.normal());
const rowOf = (face: number) => codes.subarray(face * nLatents, (face + 1) * nLatents);

test('finds a linear function of the codes, its intercept included', () => {
  const targets = Float64Array.from({ length: nFaces * 2 }, (_, at) => {
    const [a, b, c] = rowOf(Math.floor(at / 2));
    return at % 2 === 0 ? 100 + 2 * a - b : 3 * c;
  });
  const read = crossValidatedReadout(codes, nLatents, targets, 2, { seed: 1, ridge: 0 });
  read.forEach((value, at) => {
    assert.ok(Math.abs(value - targets[at]) < 1e-9);
  });
});

test('a fold is predicted without it: noise reads at chance, though it could be fitted', () => {
  const wide = 60;
  const few = 120;
  const noise = Float64Array.from({ length: few * wide }, () => random.normal());
  const targets = Float64Array.from({ length: few }, () => random.normal());
  const read = crossValidatedReadout(noise, wide, targets, 1, { seed: 1 });
  assert.ok(Math.abs(pearson(read, targets)) < 0.3);
});

test('the ridge shrinks towards the mean of the targets', () => {
  const targets = Float64Array.from({ length: nFaces }, (_, face) => 7 + rowOf(face)[0]);
  const read = crossValidatedReadout(codes, nLatents, targets, 1, { seed: 1, ridge: 1e9 });
  for (const value of read) assert.ok(Math.abs(value - 7) < 0.3);
});

test('equals one fit by hand', () => {
  // Two folds of two faces, one latent: a line through the two faces of the other fold.
  const x = Float64Array.of(0, 1, 2, 5);
  const y = Float64Array.of(1, 2, 5, 0);
  const order = new Random(9).fork('folds').permutation(4);
  const read = crossValidatedReadout(x, 1, y, 1, { seed: 9, folds: 2, ridge: 0 });
  for (let at = 0; at < 4; at++) {
    const [p, q] = [order[(at + 1) % 4], order[(at + 3) % 4]];
    const slope = (y[q] - y[p]) / (x[q] - x[p]);
    const face = order[at];
    assert.ok(Math.abs(read[face] - (y[p] + slope * (x[face] - x[p]))) < 1e-9);
  }
});

test('refuses shapes that do not fit, and codes that are all the same', () => {
  assert.throws(() => crossValidatedReadout(codes, 3, new Float64Array(nFaces), 1, { seed: 1 }), RangeError);
  assert.throws(
    () => crossValidatedReadout(new Float64Array(40), 2, new Float64Array(20), 1, { seed: 1, folds: 2 }),
    RangeError,
  );
});
