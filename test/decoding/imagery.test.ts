import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import {
  codeReliability,
  combineImagery,
  identifyImagined,
  seenCeiling,
  transferOf,
} from '../../src/main/decoding/imagery.ts';
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

describe('seen faces in the place of the imagined one', () => {
  it('are each told from the same distractors', () => {
    // Two seen faces along the first and second latent; distractors along the third and fourth.
    const decoded = Float64Array.of(1, 0.2, 0.1, 0, 0.1, -1, 0.5, 0.4);
    const targets = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0);
    const distractors = Float64Array.of(0, 0, 1, 0, 0, 0, 0, 1);
    const { beaten, pairwise, p } = seenCeiling(decoded, targets, distractors, 4);
    assert.deepEqual(beaten, [2, 0]);
    assert.equal(pairwise, 0.5);
    // Of the 9 pairs of ranks over 0, 1, 2 six sum to 2 or more.
    assert.ok(Math.abs(p - 6 / 9) < 1e-12);
    assert.throws(() => seenCeiling(decoded, targets, new Float64Array(0), 4), RangeError);
  });

  it('bound what imagery can reach', () => {
    assert.equal(transferOf(0.75, 1), 0.5);
    assert.equal(transferOf(0.5, 0.9), 0);
    assert.equal(transferOf(0.9, 0.5), null);
  });
});

describe('reliability of a code', () => {
  it('is the correlation of halves, corrected to all trials', () => {
    const { r, spearmanBrown } = codeReliability(Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 3, 2, 4));
    assert.ok(Math.abs(r - 0.8) < 1e-12);
    assert.ok(Math.abs(spearmanBrown - 1.6 / 1.8) < 1e-12);
    assert.deepEqual(codeReliability(new Float64Array(4), Float64Array.of(1, 3, 2, 4)), {
      r: 0,
      spearmanBrown: 0,
    });
    assert.equal(codeReliability(Float64Array.of(1, 2), Float64Array.of(2, 1)).spearmanBrown, 0);
  });
});
