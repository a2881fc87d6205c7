import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collinearColumns, gramBasis } from '../../src/main/math/collinear.ts';
import { gram, matrix } from '../../src/main/math/matrix.ts';
import { orthonormalBasis } from '../../src/main/math/qr.ts';
import { Random } from '../../src/main/math/random.ts';

test('the columns to blame are the same from a design and from its X’X alone', () => {
  const random = new Random('collinear');
  const [rows, cols] = [40, 8];
  const x = matrix(rows, cols);
  for (let i = 0; i < rows; i++) {
    const at = i * cols;
    for (let j = 0; j < cols; j++) x.data[at + j] = random.normal() * 10 ** (j - 4);
    x.data[at + 3] = 2 * x.data[at] - 1000 * x.data[at + 1];
    x.data[at + 5] = 0;
    x.data[at + 7] = x.data[at + 6] + x.data[at + 2];
  }
  const expected = [
    { column: 3, with: [0, 1] },
    { column: 5, with: [] },
    { column: 7, with: [2, 6] },
  ];
  assert.deepEqual(collinearColumns(orthonormalBasis(x)), expected);
  const basis = gramBasis(gram(x));
  assert.deepEqual(basis.kept, [0, 1, 2, 4, 6]);
  assert.deepEqual(collinearColumns(basis), expected);
});

test('independent columns leave nothing to blame, and r’r is X’X', () => {
  const random = new Random('independent');
  const x = matrix(
    30,
    5,
    Float64Array.from({ length: 150 }, () => random.normal()),
  );
  const products = gram(x);
  const { r, kept, dependent } = gramBasis(products);
  assert.deepEqual([kept.length, dependent.length], [5, 0]);
  const back = gram(r);
  products.data.forEach((value, i) => {
    assert.ok(Math.abs(value - back.data[i]) < 1e-12 * 30);
  });
});
