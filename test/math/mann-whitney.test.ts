import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mannWhitney } from '../../src/main/math/mann-whitney.ts';

test("the normal approximation is scipy's mannwhitneyu(alternative='less', method='asymptotic', use_continuity=False)", () => {
  const tied = mannWhitney([1, 2, 3, 3, 5, 8], [2, 3, 4, 6, 7, 9, 9]);
  assert.ok(Math.abs(tied.share - 11.5 / 42) < 1e-15);
  assert.ok(Math.abs(tied.pSmaller - 0.08558276793898306) < 1e-12, `${tied.pSmaller}`);
  const apart = mannWhitney([1, 1, 2], [5, 6, 7, 8]);
  assert.equal(apart.share, 0);
  assert.ok(Math.abs(apart.pSmaller - 0.016156455621622053) < 1e-12, `${apart.pSmaller}`);
});

test('samples of one value say nothing, and empty ones are refused', () => {
  assert.deepEqual(mannWhitney([1, 1], [1, 1, 1]), { share: 0.5, z: 0, pSmaller: 0.5 });
  assert.throws(() => mannWhitney([], [1]), RangeError);
});
