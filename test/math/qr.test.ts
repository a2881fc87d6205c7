import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gram, matrix, multiply } from '../../src/main/math/matrix.ts';
import { fdrThreshold } from '../../src/main/math/multiple-testing.ts';
import { orthonormalBasis, upperTriangularInverse } from '../../src/main/math/qr.ts';
import { Random } from '../../src/main/math/random.ts';

function largestDifference(a: Float64Array, b: ArrayLike<number>): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

test('q is orthonormal and q r is the matrix, for nearly parallel columns of very different size too', () => {
  const random = new Random('qr');
  const n = 40;
  const a = matrix(n, 6);
  for (let i = 0; i < n; i++) {
    const base = random.normal();
    const values = [1e6, base, base + 1e-5 * random.normal(), 1e-8 * random.normal(), i, i * i];
    a.data.set(values, 6 * i);
  }
  const { q, r, kept, dependent } = orthonormalBasis(a);
  assert.deepEqual([kept, dependent], [[0, 1, 2, 3, 4, 5], []]);
  const identity = Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 1 : 0));
  assert.ok(largestDifference(gram(q).data, identity) < 1e-14);
  assert.ok(largestDifference(multiply(q, r).data, a.data) < 1e-9);
});

test('the inverse of a triangle multiplies back', () => {
  const triangle = matrix(3, 3, [2, 1, -1, 0, 4, 3, 0, 0, -0.5]);
  const product = multiply(upperTriangularInverse(triangle), triangle);
  assert.ok(largestDifference(product.data, [1, 0, 0, 0, 1, 0, 0, 0, 1]) < 1e-15);
});

test('dependent columns are left out, the later ones, and still expressed in the basis', () => {
  const a = matrix(4, 5, [1, 0, 2, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 3]);
  const { q, r, kept, dependent } = orthonormalBasis(a);
  assert.deepEqual(
    [kept, dependent],
    [
      [0, 3, 4],
      [1, 2],
    ],
  );
  assert.ok(largestDifference(multiply(q, r).data, a.data) < 1e-15);
  const wide = orthonormalBasis(matrix(2, 3, [1, 0, 1, 0, 1, 1]));
  assert.deepEqual([wide.kept, wide.dependent], [[0, 1], [2]]);
  const none = orthonormalBasis(matrix(3, 0));
  assert.deepEqual([none.q.rows, none.q.cols], [3, 0]);
});

test('false discovery rate: the thresholds of scipy.stats.false_discovery_control 1.17', () => {
  const p = [
    0.94, 0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275,
    0.34, 0.341, 0.384, 0.569, 0.594, 0.696, 0.762, 0.942, 0.975, 0.986,
  ];
  assert.equal(fdrThreshold(p, 0.05), 0.001);
  assert.equal(fdrThreshold(p, 0.25), 0.06);
  assert.equal(fdrThreshold(p, 0.3), 0.074);
  assert.equal(fdrThreshold(p, 0.01), -1);
  assert.equal(fdrThreshold([Number.NaN, 0.01], 0.05), 0.01);
  assert.equal(fdrThreshold([], 0.05), -1);
  assert.throws(() => fdrThreshold(p, 0), RangeError);
});
