import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactRankTest, monteCarloRankTest, rankSumTest } from '../../src/main/decoding/rank-tests.ts';

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
  const beaten = [15, 12, 9, 14, 11, 13, 10, 12, 16, 8];
  const exact = exactRankTest(beaten, 20);
  const drawn = monteCarloRankTest(beaten, 20, 1, 40_000);
  assert.ok(Math.abs(exact - drawn) < 5 * Math.sqrt((exact * (1 - exact)) / 40_000));
});

test("the paper's 10^6 draws of 20 ranks agree with the convolution beside them", () => {
  const beaten = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 11 : 12.5));
  const result = rankSumTest(beaten, 20, { seed: 1 });
  assert.equal(result.nDraws, 1_000_000);
  assert.equal(result.pairwise, result.beaten / 380);
  const error = Math.sqrt((result.exactP * (1 - result.exactP)) / 1_000_000);
  assert.ok(Math.abs(result.exactP - result.monteCarloP) < 4.5 * error);
});

test('far in the tail the exact p keeps its digits, where draws can only say "below 1 / draws"', () => {
  assert.ok(Math.abs(exactRankTest(new Array(20).fill(19), 20) / 20 ** -20 - 1) < 1e-10);
  assert.equal(rankSumTest(new Array(20).fill(19), 20, { seed: 1, nDraws: 999 }).monteCarloP, 0.001);
  assert.equal(exactRankTest(new Array(20).fill(0), 20), 1);
});

test('ranks outside the range are refused', () => {
  assert.throws(() => exactRankTest([20], 20), RangeError);
  assert.throws(() => exactRankTest([], 20), RangeError);
  assert.throws(() => monteCarloRankTest([Number.NaN], 20, 1), RangeError);
});
