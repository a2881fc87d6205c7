import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactRankTest, rankSumNull, rankSumTest } from '../../src/main/decoding/rank-tests.ts';
import { normalSf } from '../../src/main/math/distributions.ts';
import { Random } from '../../src/main/math/random.ts';

test('one observation: rank over candidates', () => {
  assert.ok(Math.abs(exactRankTest([19], 20) - 1 / 20) < 1e-15);
  assert.ok(Math.abs(exactRankTest([0], 20) - 1) < 1e-12);
  assert.ok(Math.abs(exactRankTest([17.5], 20) - 2 / 20) < 1e-15);
});

test('four observations equal the enumeration of all combinations', () => {
  const beaten = [19, 18, 12, 15];
  let reached = 0;
  for (let code = 0; code < 20 ** 4; code += 1) {
    let sum = 0;
    for (let rest = code, i = 0; i < 4; i += 1, rest = Math.floor(rest / 20)) sum += rest % 20;
    if (sum >= 64) reached += 1;
  }
  assert.ok(Math.abs(exactRankTest(beaten, 20) - reached / 20 ** 4) < 1e-12);
});

test('the published imagery result has the published p', () => {
  // Four subjects, mean pairwise 84.2 % of 19 distractors: 64 of 76 beaten; p = 0.012 in the paper.
  assert.ok(Math.abs(exactRankTest([16, 16, 16, 16], 20) - 0.012) < 0.001);
});

test('random draws agree with the exact probability', () => {
  const beaten = [15, 12, 9, 14, 11, 13, 10, 12, 16, 8.5];
  const { exactP, monteCarloP } = rankSumTest(beaten, rankSumNull(10, 20, { seed: 1, nDraws: 40_000 }));
  assert.equal(exactP, exactRankTest(beaten, 20));
  assert.ok(Math.abs(exactP - monteCarloP) < 5 * Math.sqrt((exactP * (1 - exactP)) / 40_000));
});

test('the draws are those that were counted one by one', () => {
  const drawn = rankSumNull(3, 7, { seed: 'count', nDraws: 5000 });
  const random = new Random('count').fork('rank test');
  let reached = 0;
  for (let draw = 0; draw < 5000; draw += 1) {
    if (random.integer(7) + random.integer(7) + random.integer(7) >= 12) reached += 1;
  }
  assert.equal(rankSumTest([4, 4.5, 3.5], drawn).monteCarloP, (1 + reached) / 5001);
});

test('a thousand faces: the exact distribution is normal to four digits', () => {
  const n = 1000;
  // Mean and variance of a sum of n uniform ranks, with the correction for whole sums.
  const above = 0.5 + 2 * Math.sqrt(1 / (12 * n));
  const beaten = new Array(n).fill(Math.round(above * (n - 1) * 2) / 2);
  const sum = beaten[0] * n;
  const z = (sum - 0.5 - (n * (n - 1)) / 2) / Math.sqrt((n * (n * n - 1)) / 12);
  assert.ok(Math.abs(exactRankTest(beaten, n) / normalSf(z) - 1) < 1e-3);
});

test("the paper's 10^6 draws of 20 ranks agree with the convolution beside them", () => {
  const beaten = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 11 : 12.5));
  const result = rankSumTest(beaten, rankSumNull(20, 20, { seed: 1 }));
  assert.equal(result.nDraws, 1_000_000);
  assert.equal(result.pairwise, result.beaten / 380);
  const error = Math.sqrt((result.exactP * (1 - result.exactP)) / 1_000_000);
  assert.ok(Math.abs(result.exactP - result.monteCarloP) < 4.5 * error);
});

test('far in the tail the exact p keeps its digits, where draws can only say "below 1 / draws"', () => {
  assert.ok(Math.abs(exactRankTest(new Array(20).fill(19), 20) / 20 ** -20 - 1) < 1e-10);
  assert.equal(
    rankSumTest(new Array(20).fill(19), rankSumNull(20, 20, { seed: 1, nDraws: 999 })).monteCarloP,
    0.001,
  );
  assert.ok(Math.abs(exactRankTest(new Array(20).fill(0), 20) - 1) < 1e-14);
});

test('ranks outside the range are refused', () => {
  assert.throws(() => exactRankTest([20], 20), RangeError);
  assert.throws(() => exactRankTest([], 20), RangeError);
  assert.throws(() => rankSumTest([Number.NaN], rankSumNull(1, 20, { seed: 1, nDraws: 10 })), RangeError);
});
