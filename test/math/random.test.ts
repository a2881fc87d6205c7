import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur3, Random } from '../../src/main/math/random.ts';
import { mean, variance } from '../../src/main/math/statistics.ts';

test('MurmurHash3 gives its published test vectors', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  assert.equal(murmur3(bytes(''), 0), 0);
  assert.equal(murmur3(bytes(''), 1), 0x514e28b7);
  assert.equal(murmur3(bytes('test'), 0x9747b28c), 0x704b81dc);
  assert.equal(murmur3(bytes('Hello, world!'), 0x9747b28c), 0x24884cba);
  assert.equal(murmur3(bytes('The quick brown fox jumps over the lazy dog'), 0x9747b28c), 0x2fa826cd);
});

test('a seed always gives the same numbers', () => {
  const random = new Random(42);
  const same = new Random('42');
  for (let i = 0; i < 100; i++) assert.equal(random.uint32(), same.uint32());
  assert.notEqual(new Random(1).uint32(), new Random(2).uint32());
  // Fixed once: a change here changes every seeded result.
  const fixed = new Random('fusiform');
  assert.deepEqual([fixed.uint32(), fixed.uint32(), fixed.uint32()], [1382952526, 2397110939, 1196482272]);
});

test('forks depend on the label and not on what was drawn', () => {
  const fresh = new Random(7);
  const used = new Random(7);
  for (let i = 0; i < 13; i++) used.normal();
  assert.equal(fresh.fork('noise').uniform(), used.fork('noise').uniform());
  assert.notEqual(fresh.fork('noise').uniform(), fresh.fork('signal').uniform());
  assert.notEqual(fresh.fork(1).fork(23).uniform(), fresh.fork(12).fork(3).uniform());
});

test('uniform and normal draws have the moments of their distributions', () => {
  const random = new Random('moments');
  const n = 200_000;
  const uniforms = Float64Array.from({ length: n }, () => random.uniform());
  assert.ok(uniforms.every((value) => value >= 0 && value < 1));
  // Five standard errors each.
  assert.ok(Math.abs(mean(uniforms) - 0.5) < 5 * Math.sqrt(1 / 12 / n));
  assert.ok(Math.abs(variance(uniforms) - 1 / 12) < 5 * Math.sqrt(1 / 180 / n));
  const filled = new Float32Array(n + 1);
  random.fillNormal(filled);
  for (const sample of [Float64Array.from({ length: n }, () => random.normal()), filled]) {
    assert.ok(Math.abs(mean(sample)) < 5 / Math.sqrt(n));
    assert.ok(Math.abs(variance(sample) - 1) < 5 * Math.sqrt(2 / n));
    const fourth = mean(sample.map((value) => value ** 4));
    assert.ok(Math.abs(fourth - 3) < 5 * Math.sqrt(96 / n));
    let lag = 0;
    for (let i = 1; i < n; i++) lag += sample[i] * sample[i - 1];
    assert.ok(Math.abs(lag / n) < 5 / Math.sqrt(n));
  }
});

test('integers are uniform and permutations are permutations', () => {
  const random = new Random('integers');
  const counts = new Float64Array(6);
  for (let i = 0; i < 60_000; i++) counts[random.integer(6)]++;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chiSquare < 25.7, `chi-square of 5 degrees of freedom: ${chiSquare}`); // p = 1e-4
  const order = random.permutation(1000);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...Array(1000).keys()],
  );
  const firsts = new Float64Array(4);
  for (let i = 0; i < 40_000; i++) {
    const values = ['a', 'b', 'c', 'd'];
    random.shuffle(values);
    firsts[values.indexOf('a')]++;
  }
  for (const count of firsts) assert.ok(Math.abs(count - 10_000) < 5 * Math.sqrt(7500));
  assert.throws(() => random.integer(0), RangeError);
  assert.throws(() => random.integer(2.5), RangeError);
});

test('integers filled in at once are those drawn one by one', () => {
  for (const n of [1, 20, 3_000_000_000]) {
    const [filled, drawn] = [new Random('fill'), new Random('fill')];
    const out = new Uint32Array(1000);
    filled.fillIntegers(out, n);
    assert.ok(out.every((value) => value === drawn.integer(n)));
    assert.equal(filled.uint32(), drawn.uint32());
  }
  assert.throws(() => new Random(1).fillIntegers(new Uint32Array(1), 0), RangeError);
});
