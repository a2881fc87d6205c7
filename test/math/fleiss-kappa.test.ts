import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fleissKappa } from '../../src/main/math/fleiss-kappa.ts';

describe("Fleiss' kappa", () => {
  it('equals the worked example of 14 raters, 10 items and 5 categories (0.210)', () => {
    const { kappa, agreement, byChance } = fleissKappa([
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ]);
    assert.equal(agreement.toFixed(3), '0.378');
    assert.equal(byChance.toFixed(3), '0.213');
    assert.equal(kappa?.toFixed(3), '0.210');
  });

  it('is 1 where all agree, -1 where two always differ, and unknown where only one thing was ever said', () => {
    assert.equal(
      fleissKappa([
        [2, 0],
        [0, 2],
      ]).kappa,
      1,
    );
    assert.equal(
      fleissKappa([
        [1, 1],
        [1, 1],
      ]).kappa,
      -1,
    );
    assert.equal(
      fleissKappa([
        [3, 0],
        [3, 0],
      ]).kappa,
      null,
    );
  });

  it('refuses one rater, and items of different numbers of raters', () => {
    assert.throws(() => fleissKappa([[1, 0]]), RangeError);
    assert.throws(
      () =>
        fleissKappa([
          [1, 1],
          [2, 1],
        ]),
      RangeError,
    );
    assert.throws(() => fleissKappa([]), RangeError);
  });
});
