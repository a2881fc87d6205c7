import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifyCategories } from '../../src/main/decoding/categories.ts';
import { Random } from '../../src/main/math/random.ts';
import { pearson } from '../../src/main/math/statistics.ts';

const shape = { nRuns: 5, nCategories: 4, nVoxels: 30 };

function patterns(seed: string, strength: number): Float32Array {
  const random = new Random(seed);
  const common = Float64Array.from({ length: 30 }, () => 10 * random.normal());
  const own = Float64Array.from({ length: 4 * 30 }, () => strength * random.normal());
  return Float32Array.from({ length: 5 * 4 * 30 }, (_, i) => common[i % 30] + own[i % 120] + random.normal());
}

/** The definition on the patterns themselves. */
function direct(values: Float32Array) {
  const { nRuns, nCategories, nVoxels } = shape;
  const at = (run: number, c: number, v: number) => values[(run * nCategories + c) * nVoxels + v];
  const voxels = Array.from({ length: nVoxels }, (_, v) => v);
  const confusion = new Array<number>(nCategories * nCategories).fill(0);
  let wins = 0;
  for (let run = 0; run < nRuns; run += 1) {
    const others = Array.from({ length: nRuns }, (_, r) => r).filter((r) => r !== run);
    const means = Array.from({ length: nCategories }, (_, c) =>
      voxels.map((v) => others.reduce((sum, r) => sum + at(r, c, v), 0) / others.length),
    );
    const grand = voxels.map((v) => means.reduce((sum, mean) => sum + mean[v], 0) / nCategories);
    for (let own = 0; own < nCategories; own += 1) {
      const tested = voxels.map((v) => at(run, own, v) - grand[v]);
      const r = means.map((mean) =>
        pearson(
          tested,
          voxels.map((v) => mean[v] - grand[v]),
        ),
      );
      confusion[own * nCategories + r.indexOf(Math.max(...r))] += 1;
      wins += r.filter((value, c) => c !== own && r[own] > value).length;
    }
  }
  return { confusion, pairwise: wins / (nRuns * nCategories * (nCategories - 1)) };
}

test('scores equal the definition computed on the patterns', () => {
  for (const strength of [0, 0.3, 0.6]) {
    const values = patterns(`direct ${strength}`, strength);
    const result = identifyCategories(values, shape, { seed: 1, nPermutations: 5 });
    const expected = direct(values);
    assert.deepEqual([...result.confusion], expected.confusion);
    assert.ok(Math.abs(result.pairwise - expected.pairwise) < 1e-12);
    const diagonal = [0, 5, 10, 15].reduce((sum, i) => sum + expected.confusion[i], 0);
    assert.ok(Math.abs(result.nWay - diagonal / 20) < 1e-12);
  }
});

test('strong categories are all identified, with the smallest p', () => {
  const result = identifyCategories(patterns('strong', 3), shape, { seed: 1, nPermutations: 499 });
  assert.equal(result.nWay, 1);
  assert.equal(result.pairwise, 1);
  assert.equal(result.nWayP, 1 / 500);
  assert.deepEqual([...result.pairwiseByCategory], [1, 1, 1, 1]);
});

test('p is uniform where the patterns tell nothing', () => {
  let small = 0;
  for (let study = 0; study < 100; study += 1) {
    const options = { seed: study, nPermutations: 99 };
    if (identifyCategories(patterns(`null ${study}`, 0), shape, options).pairwiseP <= 0.1) small += 1;
  }
  assert.ok(small <= 22, `${small} of 100`);
});

test('constant patterns tie: chance, and no NaN', () => {
  const result = identifyCategories(new Float32Array(600).fill(1), shape, { seed: 1, nPermutations: 9 });
  assert.equal(result.pairwise, 0.5);
  assert.equal(result.nWay, 0.25);
  assert.equal(result.nWayP, 1);
});

test('wrong shapes and values that are not finite are refused', () => {
  assert.throws(() => identifyCategories(new Float32Array(599), shape, { seed: 1 }), RangeError);
  const values = patterns('nan', 1);
  values[7] = Number.NaN;
  assert.throws(() => identifyCategories(values, shape, { seed: 1 }), RangeError);
});
