import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { nearness, testMemorisation } from '../../src/main/decoding/memorisation.ts';
import { type Closeness, exactDistance, nearestNeighbours } from '../../src/main/decoding/neighbours.ts';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { Random } from '../../src/main/math/random.ts';
import { pearson } from '../../src/main/math/statistics.ts';

let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm'));
});
after(() => engine.dispose());

function normals(n: number, d: number, label: string, offset = 0): Float32Array {
  const values = new Float32Array(n * d);
  new Random(label).fillNormal(values);
  return values.map((value) => value + offset);
}

/** All distances in float64, sorted; equal ones by row. */
function bySorting(query: Float32Array, set: Float32Array, d: number, by: Closeness, k: number): number[] {
  const distances = Array.from({ length: set.length / d }, (_, row) =>
    exactDistance(query, set.subarray(row * d, (row + 1) * d), by),
  );
  return [...distances.keys()].sort((a, b) => distances[a] - distances[b] || a - b).slice(0, k);
}

describe('nearest neighbours', () => {
  it('are those that sorting all distances in float64 finds, also far from the origin', async () => {
    const d = 24;
    for (const offset of [0, 30]) {
      const set = normals(9000, d, 'set', offset);
      const queries = normals(7, d, 'queries', offset);
      for (const by of ['euclidean', 'correlation'] as const) {
        const found = await nearestNeighbours(engine, queries, set, d, { k: 10, by });
        found.forEach((neighbours, query) => {
          const own = queries.subarray(query * d, (query + 1) * d);
          assert.deepEqual(
            neighbours.map(({ row }) => row),
            bySorting(own, set, d, by, 10),
          );
        });
      }
    }
  });

  it('of equal distance come in the order of the set, and a face in the set finds itself', async () => {
    const d = 16;
    const set = normals(5000, d, 'set');
    const copy = set.slice(4321 * d, 4322 * d);
    for (const row of [7, 1200, 4999]) set.set(copy, row * d);
    const [found] = await nearestNeighbours(engine, copy, set, d, { k: 5, by: 'euclidean' });
    assert.deepEqual(
      found.slice(0, 4).map(({ row, distance }) => [row, distance]),
      [
        [7, 0],
        [1200, 0],
        [4321, 0],
        [4999, 0],
      ],
    );
  });

  it('are all there are where the set is smaller; a row of one value is near nobody', async () => {
    const set = Float32Array.of(1, 2, 3, 5, 5, 5, 3, 2, 1);
    const [found] = await nearestNeighbours(engine, Float32Array.of(2, 4, 6), set, 3, {
      k: 9,
      by: 'correlation',
    });
    assert.deepEqual(
      found.map(({ row, distance }) => [row, Math.round(distance * 1e9) / 1e9]),
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    );
  });

  it("measure 1 - Pearson's correlation and Euclid's distance", () => {
    const [a, b] = [normals(1, 50, 'a'), normals(1, 50, 'b')];
    assert.ok(Math.abs(exactDistance(a, b, 'correlation') - (1 - pearson(a, b))) < 1e-12);
    assert.ok(Math.abs(exactDistance(Float32Array.of(0, 0), Float32Array.of(3, 4), 'euclidean') - 5) < 1e-12);
  });
});

describe('the test for memorised faces', () => {
  const d = 10;
  const training = normals(2000, d, 'training');
  const near = async (faces: Float32Array) =>
    (await nearestNeighbours(engine, faces, training, d, { k: 50, by: 'euclidean' })).map(nearness);

  it('lets honest samples pass, in ten of ten draws above 0.001', async () => {
    const heldOut = await near(normals(300, d, 'held out'));
    for (let draw = 0; draw < 10; draw++) {
      const test = testMemorisation(await near(normals(300, d, `draw ${draw}`)), heldOut);
      assert.ok(test.distance.p > 0.001 && test.ratio.p > 0.001, `${test.distance.p} ${test.ratio.p}`);
    }
  });

  it('finds a model that repeats one training face in five', async () => {
    const heldOut = await near(normals(300, d, 'held out'));
    const samples = normals(300, d, 'samples');
    for (let at = 0; at < 60; at++) {
      for (let k = 0; k < d; k++)
        samples[at * d + k] = training[at * 17 * d + k] + 0.05 * samples[at * d + k];
    }
    const { distance, ratio, belowAll, belowAllExpected } = testMemorisation(await near(samples), heldOut);
    assert.ok(distance.p < 1e-3 && distance.z < 0 && ratio.p < 1e-3);
    assert.ok(belowAll >= 55 && belowAllExpected < 1, `${belowAll} of 60`);
  });

  it('tells shrinking from copying by the ratio', async () => {
    const heldOut = await near(normals(300, d, 'held out'));
    const { distance, ratio, belowAll } = testMemorisation(
      await near(normals(300, d, 'samples').map((value) => 0.6 * value)),
      heldOut,
    );
    assert.ok(distance.share < 0.2, 'samples near the middle are near to everything');
    assert.ok(ratio.share > 0.4, `and hardly like copies: ${ratio.share}`);
    assert.ok(belowAll < 10, `${belowAll}`);
  });
});
