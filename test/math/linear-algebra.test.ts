import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  choleskyFactor,
  choleskyInverse,
  choleskyLogDeterminant,
  choleskySolve,
} from '../../src/main/math/cholesky.ts';
import {
  crossProduct,
  gram,
  identity,
  type Matrix,
  matrix,
  multiply,
  multiplyTransposed,
  transpose,
} from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import {
  mean,
  median,
  pearson,
  quantile,
  standardDeviation,
  variance,
} from '../../src/main/math/statistics.ts';
import { symmetricEigen } from '../../src/main/math/symmetric-eigen.ts';

interface Reference {
  gram: number[];
  values: number[];
  x: number[];
  y: number[];
  varianceX: number;
  quantiles: [number, number][];
  pearson: number;
}

// Made with numpy and scipy; the file says how.
const reference: Reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/math/linear-algebra.json'), 'utf8'),
);

function randomMatrix(rows: number, cols: number, seed: string): Matrix {
  const random = new Random(seed);
  return matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => random.normal()),
  );
}

/** The product by its definition. */
function productByDefinition(a: Matrix, b: Matrix): Matrix {
  const result = matrix(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.cols; j++) {
      let sum = 0;
      for (let k = 0; k < a.cols; k++) sum += a.data[i * a.cols + k] * b.data[k * b.cols + j];
      result.data[i * b.cols + j] = sum;
    }
  }
  return result;
}

function assertSame(actual: Matrix, expected: Matrix, tolerance: number): void {
  assert.deepEqual([actual.rows, actual.cols], [expected.rows, expected.cols]);
  for (let i = 0; i < expected.data.length; i++) {
    const error = Math.abs(actual.data[i] - expected.data[i]);
    assert.ok(error <= tolerance, `element ${i}: ${actual.data[i]}, expected ${expected.data[i]}`);
  }
}

test('products equal their definition for shapes that do and do not fill the unrolled loops', () => {
  for (const [m, k, n] of [
    [1, 1, 1],
    [3, 5, 2],
    [8, 4, 12],
    [33, 70, 41],
  ]) {
    const a = randomMatrix(m, k, 'a');
    const b = randomMatrix(k, n, 'b');
    const expected = productByDefinition(a, b);
    assertSame(multiply(a, b), expected, 1e-12);
    assertSame(crossProduct(transpose(a), b), expected, 1e-12);
    assertSame(multiplyTransposed(a, transpose(b)), expected, 1e-12);
    const g = gram(a);
    assertSame(g, productByDefinition(transpose(a), a), 1e-12);
    assertSame(g, transpose(g), 0);
  }
  assert.throws(() => multiply(matrix(2, 3), matrix(2, 3)), RangeError);
  assert.throws(() => crossProduct(matrix(2, 3), matrix(3, 3)), RangeError);
  assert.throws(() => multiplyTransposed(matrix(2, 3), matrix(3, 2)), RangeError);
  assert.throws(() => matrix(2, 2, [1, 2, 3]), RangeError);
});

test('Cholesky: the factor, solutions, inverse and determinant multiply back', () => {
  for (const n of [1, 2, 7, 50]) {
    const a = gram(randomMatrix(n + 10, n, `spd ${n}`));
    const factor = choleskyFactor(a);
    assert.ok(factor.ok);
    assertSame(multiplyTransposed(factor.lower, factor.lower), a, 1e-11);
    assertSame(multiply(choleskyInverse(factor.lower), a), identity(n), 1e-9);
    const x = randomMatrix(n, 3, 'x');
    assertSame(choleskySolve(factor.lower, multiply(a, x)), x, 1e-9);
    const logDeterminant = symmetricEigen(a).values.reduce((sum, value) => sum + Math.log(value), 0);
    assert.ok(Math.abs(choleskyLogDeterminant(factor.lower) - logDeterminant) < 1e-10);
  }
});

test('Cholesky names the first column that depends on those before it', () => {
  const x = randomMatrix(20, 5, 'collinear');
  for (let i = 0; i < 20; i++) x.data[i * 5 + 3] = x.data[i * 5] - 2 * x.data[i * 5 + 1];
  assert.deepEqual(choleskyFactor(gram(x)), { ok: false, column: 3 });
  assert.deepEqual(choleskyFactor(matrix(2, 2, [1, 0, 0, Number.NaN])), { ok: false, column: 1 });
  assert.throws(() => choleskyFactor(matrix(2, 3)), RangeError);
});

test('symmetric eigen: numpy values on a rank-deficient matrix', () => {
  const { values, vectors } = symmetricEigen(matrix(5, 5, reference.gram));
  reference.values.forEach((value, i) => {
    assert.ok(Math.abs(values[i] - value) < 1e-13 * reference.values[0]);
  });
  assertSame(gram(vectors), identity(5), 1e-14);
});

test('symmetric eigen: diagonal, equal values, and a random matrix of 60', () => {
  assert.deepEqual([...symmetricEigen(matrix(3, 3, [1, 0, 0, 0, 3, 0, 0, 0, 2])).values], [3, 2, 1]);
  assertSame(symmetricEigen(identity(4)).vectors, identity(4), 0);
  assert.deepEqual([...symmetricEigen(matrix(1, 1, [5])).values], [5]);
  assert.deepEqual([...symmetricEigen(matrix(3, 3)).values], [0, 0, 0]);
  const x = randomMatrix(60, 60, 'eigen');
  const a = matrix(60, 60);
  for (let i = 0; i < 60; i++) {
    for (let j = 0; j < 60; j++) a.data[i * 60 + j] = x.data[i * 60 + j] + x.data[j * 60 + i];
  }
  const { values, vectors } = symmetricEigen(a);
  const scaled = matrix(60, 60, vectors.data.slice());
  for (let i = 0; i < scaled.data.length; i++) scaled.data[i] *= values[i % 60];
  assertSame(multiplyTransposed(scaled, vectors), a, 1e-12);
  assertSame(gram(vectors), identity(60), 1e-13);
  for (let i = 1; i < 60; i++) assert.ok(values[i - 1] >= values[i]);
  assert.throws(() => symmetricEigen(matrix(1, 1, [Number.NaN])), RangeError);
});

test('symmetricEigen copes with many zero eigenvalues', () => {
  const random = new Random('low rank');
  const [n, rank] = [150, 40];
  const factor = matrix(
    rank,
    n,
    Float64Array.from({ length: rank * n }, () => random.normal()),
  );
  const a = gram(factor);
  const { values, vectors } = symmetricEigen(a);
  assert.ok(values[rank - 1] > 1);
  for (let k = rank; k < n; k++) assert.ok(Math.abs(values[k]) < 1e-10 * values[0]);
  const scaled = matrix(
    n,
    n,
    vectors.data.map((value, at) => value * values[at % n]),
  );
  assertSame(multiplyTransposed(scaled, vectors), a, 1e-10);
});

test('statistics equal numpy and scipy', () => {
  const { x, y } = reference;
  assert.ok(Math.abs(variance(x) - reference.varianceX) < 1e-15);
  assert.ok(Math.abs(standardDeviation(x) ** 2 - reference.varianceX) < 1e-15);
  for (const [p, expected] of reference.quantiles) assert.ok(Math.abs(quantile(x, p) - expected) < 1e-15);
  assert.equal(median([3, 1, 2, 10]), 2.5);
  assert.equal(mean(new Float32Array([1, 2, 6])), 3);
  assert.equal(variance([1, 3], 0), 1);
  assert.ok(Math.abs(pearson(x, y) - reference.pearson) < 1e-15);
  assert.equal(
    pearson(
      x,
      x.map((value) => 3 - 2 * value),
    ),
    -1,
  );
  assert.ok(Number.isNaN(pearson([1, 1], [1, 2])));
  assert.throws(() => pearson([1], [1, 2]), RangeError);
  assert.throws(() => quantile([1], 1.5), RangeError);
});
