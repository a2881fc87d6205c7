import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attributeAxis } from '../../src/main/decoding/attributes.ts';
import { borderOf, positionsOf, scoreNumber, scoreReading } from '../../src/main/decoding/read-decoded.ts';
import { hypergeometricTail } from '../../src/main/math/hypergeometric.ts';
import { Random } from '../../src/main/math/random.ts';
import type { readingRules } from '../../src/shared/decoded-attributes.ts';
import { assertClose } from '../glm/assert-close.ts';

describe('the hypergeometric tail', () => {
  it('equals that of scipy.stats.hypergeom (1.17)', () => {
    for (const [k, n, marked, drawn, expected] of [
      [3, 20, 10, 8, 0.9150988330554894],
      [8, 20, 10, 11, 0.03488925934746368],
      [5, 20, 16, 14, 1],
      [0, 20, 4, 4, 1],
      [4, 20, 4, 4, 0.0002063983488132095],
      [30, 200, 80, 60, 0.04210920651156801],
    ]) {
      assertClose([hypergeometricTail(k, n, marked, drawn)], [expected], 1e-12, `${k} of ${drawn}`);
    }
    assert.throws(() => hypergeometricTail(1, 5, 6, 2), RangeError);
  });
});

describe('reading a class', () => {
  const positions = [0.5, -1, 2, -0.2, 0, 0.1, -3, 4];
  const inClass = [true, false, true, true, false, false, false, true];

  it('counts what was told right, and weighs both classes alike', () => {
    const scores = scoreReading(positions, inClass);
    assert.equal(scores.nSaid, 4);
    assert.equal(scores.nCorrect, 6);
    assert.equal(scores.accuracy, 0.75);
    assert.equal(scores.balancedAccuracy, 0.75);
    // Of 16 pairs all but (-0.2 against 0.1) and (-0.2 against 0) are in order.
    assert.equal(scores.auc, 14 / 16);
    // 28 + 8 + 1 of 256.
    assertClose([scores.pBinomial], [37 / 256], 1e-12, 'p');
  });

  it('has the permutation probability of all orders of the labels', () => {
    const unequal = [true, false, false, false, true, false, false, true];
    for (const labels of [inClass, unequal]) {
      const { balancedAccuracy, pPermutation } = scoreReading(positions, labels);
      let reached = 0;
      let total = 0;
      for (const order of arrangements(labels.length, labels.filter(Boolean).length)) {
        total += 1;
        if (scoreReading(positions, order).balancedAccuracy >= balancedAccuracy - 1e-12) reached += 1;
      }
      assertClose([pPermutation], [reached / total], 1e-12, 'p');
    }
  });

  it('does not take a guess at the larger class for reading', () => {
    const labels = Array.from({ length: 20 }, (_, at) => at < 18);
    const scores = scoreReading(new Array(20).fill(1), labels);
    assert.equal(scores.accuracy, 0.9);
    assert.ok(scores.pBinomial < 0.001);
    assert.equal(scores.balancedAccuracy, 0.5);
    assert.equal(scores.pPermutation, 1);
    assert.ok(scores.pMajority > 0.5);
    assert.throws(() => scoreReading([1, 2], [true, true]), RangeError);
    assert.throws(() => scoreReading([1, Number.NaN], [true, false]), RangeError);
  });
});

function* arrangements(n: number, marked: number): Generator<boolean[]> {
  for (let bits = 0; bits < 2 ** n; bits += 1) {
    const flags = Array.from({ length: n }, (_, at) => ((bits >> at) & 1) === 1);
    if (flags.filter(Boolean).length === marked) yield flags;
  }
}

describe('the borders of the rules', () => {
  it('differ where the codes of both classes together are not centred', () => {
    // Two latents; the classes lie at (5, 1) and (5, -1) along the second.
    const axis = attributeAxis(Float64Array.of(5, 1, 6, 1, 5, -1, 4, -1), 2, [true, true, false, false]);
    const classifier = { weights: Float64Array.of(0, 3), offset: 0.3 };
    const codes = Float64Array.of(5, 0.05, 5, -0.5);
    const sides = (rule: (typeof readingRules)[number]) =>
      Array.from(positionsOf(borderOf(rule, axis, classifier), codes), (value) => value > 0);
    assert.deepEqual(sides('axis-origin'), [true, true]);
    assert.deepEqual(sides('axis-midpoint'), [true, false]);
    assert.deepEqual(sides('classifier'), [false, false]);
    assert.deepEqual(sides('classifier-balanced'), [true, false]);
  });
});

describe('reading a number', () => {
  it('judges its correlation by permutation', () => {
    const random = new Random('numbers');
    const truth = Float64Array.from({ length: 30 }, () => random.normal());
    const read = truth.map((value) => value + 0.5 * random.normal());
    const related = scoreNumber(read, truth, { seed: 1, nPermutations: 500 });
    assert.ok(related.r > 0.7);
    assertClose([related.pPermutation], [1 / 501], 1e-12, 'p');
    const constant = scoreNumber(new Float64Array(30), truth, { seed: 1, nPermutations: 100 });
    assert.deepEqual([constant.r, constant.pPermutation], [0, 1]);
  });
});
