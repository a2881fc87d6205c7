import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choleskyFactor, choleskyInverse } from '../../src/main/math/cholesky.ts';
import { collinearColumns, collinearInBasis } from '../../src/main/math/collinear-columns.ts';
import { conditionNumber } from '../../src/main/math/condition-number.ts';
import { gram, matrix } from '../../src/main/math/matrix.ts';
import { orthonormalBasis } from '../../src/main/math/qr.ts';
import { Random } from '../../src/main/math/random.ts';
import { symmetricEigen } from '../../src/main/math/symmetric-eigen.ts';

const rows = 60;

/** Random columns of very different lengths, some made of others. */
function design(made: Readonly<Record<number, (row: number, of: (column: number) => number) => number>>) {
  const random = new Random('design');
  const result = matrix(rows, 7);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < 7; j++) result.data[7 * row + j] = random.normal() * 10 ** (j - 3);
    for (const [j, value] of Object.entries(made)) {
      result.data[7 * row + Number(j)] = value(row, (column) => result.data[7 * row + column]);
    }
  }
  return result;
}

test('independent columns are all kept', () => {
  assert.deepEqual(collinearColumns(gram(design({}))), []);
});

test('every dependent column is named with those that make it up, a zero column with none', () => {
  const x = design({
    2: () => 0,
    4: (_, of) => of(0) - 30 * of(1),
    6: (_, of) => 1e-3 * of(5),
  });
  const expected = [
    { column: 2, with: [] },
    { column: 4, with: [0, 1] },
    { column: 6, with: [5] },
  ];
  assert.deepEqual(collinearColumns(gram(x)), expected);
  assert.deepEqual(collinearInBasis(orthonormalBasis(x)), expected);
});

test('a column that differs by more than rounding is kept', () => {
  const random = new Random('difference');
  const x = design({ 5: (_, of) => of(4) * (1 + 1e-4 * random.normal()) });
  assert.deepEqual(collinearColumns(gram(x)), []);
  assert.deepEqual(
    collinearColumns(gram(x), 1e-6).map(({ column }) => column),
    [5],
  );
});

test('the condition number is the ratio of the outer eigenvalues', () => {
  const random = new Random('condition');
  for (const scale of [1, 1e-2, 1e-4]) {
    const x = matrix(rows, 6);
    for (let i = 0; i < x.data.length; i++) x.data[i] = random.normal() * (i % 6 === 3 ? scale : 1);
    const a = gram(x);
    const factor = choleskyFactor(a);
    assert.ok(factor.ok);
    const { values } = symmetricEigen(a);
    const expected = Math.max(...values) / Math.min(...values);
    const found = conditionNumber(a, choleskyInverse(factor.lower));
    assert.ok(Math.abs(found / expected - 1) < 0.02, `${found} instead of ${expected}`);
  }
});
