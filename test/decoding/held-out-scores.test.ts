import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assignFolds } from '../../src/main/decoding/folds.ts';
import { areaUnderCurve, designEffect, wilsonInterval } from '../../src/main/decoding/held-out-scores.ts';
import { fdrAdjusted, fdrThreshold } from '../../src/main/math/multiple-testing.ts';
import { Random } from '../../src/main/math/random.ts';

describe('folds', () => {
  it('are of nearly equal size, and the same for a seed', () => {
    const folds = assignFolds(103, 10, new Random(1));
    const sizes = Array.from({ length: 10 }, (_, fold) => folds.filter((own) => own === fold).length);
    assert.deepEqual([Math.min(...sizes), Math.max(...sizes)], [10, 11]);
    assert.deepEqual(assignFolds(103, 10, new Random(1)), folds);
    assert.notDeepEqual(assignFolds(103, 10, new Random(2)), folds);
  });

  it('keep groups together; rows without one stand alone', () => {
    const groups = Array.from({ length: 100 }, (_, row) => (row < 60 ? `person ${row % 12}` : null));
    const folds = assignFolds(100, 5, new Random(1), groups);
    for (let person = 0; person < 12; person++) {
      const own = folds.filter((_, row) => groups[row] === `person ${person}`);
      assert.equal(new Set(own).size, 1);
    }
    const sizes = Array.from({ length: 5 }, (_, fold) => folds.filter((own) => own === fold).length);
    assert.deepEqual(sizes, [20, 20, 20, 20, 20]);
  });
});

describe('scores', () => {
  it('the area under the curve counts pairs within folds, ties one half', () => {
    assert.equal(areaUnderCurve([1, 2, 3, 4], [false, true, false, true], [0, 0, 0, 0]), 3 / 4);
    assert.equal(areaUnderCurve([1, 1, 2], [false, true, true], [0, 0, 0]), 3 / 4);
    // Between the folds the order would be wrong; it does not count.
    assert.equal(areaUnderCurve([10, 11, 1, 2], [false, true, false, true], [0, 0, 1, 1]), 1);
  });

  it("Wilson's interval is scipy's binomtest(34, 40).proportion_ci(method='wilson')", () => {
    const [lower, upper] = wilsonInterval(0.85, 40);
    assert.ok(
      Math.abs(lower - 0.709276756335103) < 1e-12 && Math.abs(upper - 0.9293881228267965) < 1e-12,
      `${lower} ${upper}`,
    );
    assert.deepEqual(wilsonInterval(1, 10)[1], 1);
  });

  it('rows that say the same within groups count once', () => {
    const correct = Array.from({ length: 400 }, (_, row) => Math.floor(row / 4) % 2 === 0);
    const groups = correct.map((_, row) => `${Math.floor(row / 4)}`);
    // Four copies of one row: four times the variance, but for n / (n - 1) groups.
    assert.ok(Math.abs(designEffect(correct, 0.5, groups) - 4 * (100 / 99)) < 1e-12);
    assert.equal(designEffect(correct, 0.5, undefined), 1);
  });

  it('adjusted p-values pass a rate exactly where the threshold lets them', () => {
    const p = [0.01, 0.04, 0.03, Number.NaN, 0.005, 0.8];
    const q = fdrAdjusted(p);
    // By hand: 0.005 * 5, 0.01 * 5 / 2, 0.03 * 5 / 3, 0.04 * 5 / 4, 0.8.
    [0.025, 0.05, 0.05, Number.NaN, 0.025, 0.8].forEach((expected, at) => {
      assert.ok(Number.isNaN(expected) ? Number.isNaN(q[at]) : Math.abs(q[at] - expected) < 1e-15);
    });
    const threshold = fdrThreshold(p, 0.05);
    p.forEach((value, at) => {
      if (!Number.isNaN(value)) assert.equal(value <= threshold, q[at] <= 0.05 + 1e-12);
    });
  });
});
