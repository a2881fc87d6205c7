import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combineImagery, identifyImagined } from '../../src/main/decoding/imagery.ts';
import { Random } from '../../src/main/math/random.ts';

const candidates = new Float32Array(20 * 8);
new Random('candidates').fillNormal(candidates);
const code = candidates.slice(3 * 8, 4 * 8);

test('a code equal to the imagined face has rank 1 and p 1/20', () => {
  const result = identifyImagined(code, candidates, 3);
  assert.equal(result.pairwise, 1);
  assert.equal(result.rank, 1);
  assert.ok(Math.abs(result.p - 0.05) < 1e-12);
  assert.equal(result.correlations.length, 20);
});

test('its negative has the last rank', () => {
  const result = identifyImagined(
    code.map((value) => -value),
    candidates,
    3,
  );
  assert.equal(result.rank, 20);
  assert.ok(Math.abs(result.p - 1) < 1e-12);
});

test('a code of one value ties with all', () => {
  const result = identifyImagined(new Float32Array(8), candidates, 3);
  assert.equal(result.pairwise, 0.5);
  assert.equal(result.rank, 10.5);
});

test('subjects combine exactly', () => {
  const both = combineImagery([identifyImagined(code, candidates, 3), { beaten: 19 }], 20);
  assert.equal(both.pairwise, 1);
  assert.ok(Math.abs(both.p - 1 / 400) < 1e-12);
});

test('an imagined face that is no candidate is refused', () => {
  assert.throws(() => identifyImagined(code, candidates, 20), RangeError);
  assert.throws(() => identifyImagined(code, code, 0), RangeError);
});
