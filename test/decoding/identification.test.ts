import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '../../src/main/decoding/identification.ts';
import { Random } from '../../src/main/math/random.ts';
import { pearson } from '../../src/main/math/statistics.ts';

const n = 20;
const nLatents = 16;

function codes(seed: string): Float32Array {
  const values = new Float32Array(n * nLatents);
  new Random(seed).fillNormal(values);
  return values;
}

const row = (values: Float32Array, i: number) => values.subarray(i * nLatents, (i + 1) * nLatents);
const targets = codes('targets');
const noise = codes('noise');
const noisy = targets.map((value, i) => 0.6 * value + noise[i]);

test('scores equal the definition, pair by pair', () => {
  const result = identify(noisy, targets, nLatents, { seed: 1, nPermutations: 10, nBootstrap: 10 });
  let won = 0;
  let identified = 0;
  for (let i = 0; i < n; i += 1) {
    let wins = 0;
    const own = pearson(row(noisy, i), row(targets, i));
    for (let j = 0; j < n; j += 1) {
      const r = pearson(row(noisy, i), row(targets, j));
      assert.ok(Math.abs(r - result.correlations[i * n + j]) < 1e-12);
      if (j !== i && own > r) wins += 1;
    }
    won += wins;
    if (wins === n - 1) identified += 1;
    assert.ok(Math.abs(result.stimuli[i].pairwise - wins / (n - 1)) < 1e-12);
    assert.ok(Math.abs(result.stimuli[i].rank - (n - wins)) < 1e-9);
  }
  assert.ok(Math.abs(result.pairwise - won / (n * (n - 1))) < 1e-12);
  assert.equal(result.nWay, identified / n);
});

test('perfect codes: all identified, the smallest p there is, a closed interval', () => {
  const result = identify(targets, targets, nLatents, { seed: 1, nPermutations: 999, nBootstrap: 200 });
  assert.equal(result.pairwise, 1);
  assert.equal(result.nWay, 1);
  assert.equal(result.pairwiseP, 1 / 1000);
  assert.equal(result.nWayP, 1 / 1000);
  assert.ok(Math.abs(result.nWayBinomialP / 20 ** -20 - 1) < 1e-9);
  assert.deepEqual(result.pairwiseInterval, [1, 1]);
});

test('the permutation p equals full enumeration for five stimuli', () => {
  const few = { targets: targets.slice(0, 5 * nLatents), noisy: noise.map((v, i) => v + 0.3 * targets[i]) };
  const decoded = few.noisy.slice(0, 5 * nLatents);
  const result = identify(decoded, few.targets, nLatents, { seed: 3, nPermutations: 20000, nBootstrap: 10 });
  const r = result.correlations;
  const assignments = permutations([0, 1, 2, 3, 4]);
  const mean = (assignment: number[]) => {
    let wins = 0;
    for (const [i, own] of assignment.entries()) {
      for (let j = 0; j < 5; j += 1) if (j !== own && r[i * 5 + own] > r[i * 5 + j]) wins += 1;
    }
    return wins;
  };
  const observed = mean([0, 1, 2, 3, 4]);
  const exact = assignments.filter((assignment) => mean(assignment) >= observed).length / assignments.length;
  assert.ok(Math.abs(result.pairwiseP - exact) < 0.015);
});

function permutations(values: number[]): number[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value) =>
    permutations(values.filter((other) => other !== value)).map((rest) => [value, ...rest]),
  );
}

test('p is uniform where nothing is decoded', () => {
  let small = 0;
  for (let study = 0; study < 200; study += 1) {
    const options = { seed: study, nPermutations: 99, nBootstrap: 1 };
    if (identify(codes(`null ${study}`), targets, nLatents, options).pairwiseP <= 0.1) small += 1;
  }
  // Binomial(200, 0.1): 20 expected, standard deviation 4.2.
  assert.ok(small >= 6 && small <= 36, `${small} of 200`);
});

test('constant codes tie with everything: chance, and no NaN', () => {
  const result = identify(new Float32Array(n * nLatents).fill(0.1), targets, nLatents, {
    seed: 1,
    nPermutations: 100,
    nBootstrap: 10,
  });
  assert.equal(result.pairwise, 0.5);
  assert.equal(result.nWay, 0);
  assert.equal(result.pairwiseP, 1);
  assert.ok(result.correlations.every((r) => r === 0));
});

test('the same seed gives the same statistics, another one nearly the same', () => {
  const [a, again, b] = [1, 1, 2].map((seed) => identify(noisy, targets, nLatents, { seed }));
  assert.deepEqual(a, again);
  assert.equal(a.pairwise, b.pairwise);
  assert.ok(Math.abs(a.pairwiseInterval[0] - b.pairwiseInterval[0]) < 0.01);
  assert.ok(a.pairwiseInterval[0] < a.pairwise && a.pairwise < a.pairwiseInterval[1]);
});

test('shapes that do not fit are refused', () => {
  assert.throws(() => identify(noisy, targets.slice(nLatents), nLatents, { seed: 1 }), RangeError);
  assert.throws(() => identify(row(noisy, 0), row(targets, 0), nLatents, { seed: 1 }), RangeError);
  assert.throws(() => identify(noisy, targets, 7, { seed: 1 }), RangeError);
});
