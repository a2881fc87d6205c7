import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/main/math/random.ts';
import { medianOfMany, OrderStatistics, selectInPlace } from '../../src/main/math/select.ts';
import { median } from '../../src/main/math/statistics.ts';

const random = new Random('select');
const samples = [1, 2, 3, 4, 5, 10, 101, 1000].flatMap((length) => [
  Float32Array.from({ length }, () => random.normal()),
  // Many ties, and both signs of zero.
  Float32Array.from({ length }, () => Math.round(2 * random.normal())),
  Float32Array.from({ length }, (_, at) => at),
  Float32Array.from({ length }, (_, at) => -at),
  new Float32Array(length).fill(7),
]);

test('a selected value is the one that sorting would put there', () => {
  for (const sample of samples) {
    const sorted = sample.slice().sort();
    for (let k = 0; k < sample.length; k += Math.ceil(sample.length / 9)) {
      const values = sample.slice();
      assert.equal(selectInPlace(values, k) + 0, sorted[k] + 0);
      assert.ok(values.subarray(0, k).every((value) => value <= sorted[k]));
      assert.ok(values.subarray(k).every((value) => value >= sorted[k]));
    }
  }
});

test('order statistics by bins equal those by sorting, however the values lie', () => {
  const far = Float32Array.from({ length: 300 }, (_, at) => (at === 7 ? 1e30 : random.normal()));
  const order = new OrderStatistics(1000);
  for (const sample of [...samples, far]) {
    const n = sample.length;
    const ranks = Int32Array.of(0, n >> 2, (n - 1) >> 1, n >> 1, (3 * n) >> 2, n - 1);
    const found = new Float64Array(ranks.length);
    const before = sample.slice();
    order.find(sample, ranks, found);
    const sorted = sample.slice().sort();
    assert.deepEqual(
      [...found].map((value) => value + 0),
      [...ranks].map((rank) => sorted[rank] + 0),
    );
    assert.deepEqual(sample, before);
  }
});

test('the median of many equals the median by sorting', () => {
  const long = Float32Array.from({ length: 200_001 }, () => random.normal());
  // The sample of every tenth value sees nothing but large ones.
  const misleading = Float32Array.from({ length: 200_000 }, (_, at) => (at % 10 === 0 ? 1000 : at / 1e6));
  for (const sample of [...samples, long, long.subarray(1), misleading]) {
    assert.equal(medianOfMany(sample) + 0, median(sample) + 0);
  }
  assert.equal(medianOfMany(Float32Array.of(3, Number.NaN, -1, Number.POSITIVE_INFINITY)), 3);
  assert.ok(Number.isNaN(medianOfMany(new Float32Array(0))));
});
