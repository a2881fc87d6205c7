import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifyByLikeness } from '../../src/main/decoding/identification.ts';
import { retrievalShare, retrievalsOf } from '../../src/main/decoding/retrieval.ts';
import { standingsOf } from '../../src/main/decoding/standings.ts';
import { Random } from '../../src/main/math/random.ts';

/** Every choice of distractors, every order of ties: the definition, counted. */
function counted(better: number, ties: number, beaten: number, ways: number, top: number): number {
  const others = [...new Array(better).fill(1), ...new Array(ties).fill(0), ...new Array(beaten).fill(-1)];
  let total = 0;
  let share = 0;
  for (let chosen = 0; chosen < 1 << others.length; chosen += 1) {
    const drawn = others.filter((_, at) => chosen & (1 << at));
    if (drawn.length !== ways - 1) continue;
    total += 1;
    const ahead = drawn.filter((value) => value === 1).length;
    const tied = drawn.filter((value) => value === 0).length;
    for (let place = 0; place <= tied; place += 1) if (ahead + place < top) share += 1 / (tied + 1);
  }
  return share / total;
}

test('retrieval equals the count over all choices of distractors, ties too', () => {
  for (const [better, ties, beaten] of [
    [0, 0, 9],
    [2, 0, 7],
    [3, 2, 4],
    [0, 9, 0],
    [9, 0, 0],
  ]) {
    for (const [ways, top] of [
      [2, 1],
      [5, 1],
      [6, 3],
      [10, 1],
      [10, 5],
    ]) {
      const share = retrievalShare({ beaten, ties }, 10, { ways, top });
      const expected = counted(better, ties, beaten, ways, top);
      assert.ok(Math.abs(share - expected) < 1e-12, `${better}/${ties}/${beaten}, ${top} of ${ways}`);
    }
  }
});

test('two ways are the pairwise score, all ways full identification, and guessing scores chance', () => {
  const n = 24;
  const random = new Random('likeness');
  const likeness = Float64Array.from(
    { length: n * n },
    (_, at) => random.normal() + (at % (n + 1) === 0 ? 1 : 0),
  );
  const retrievals = [
    { ways: 2, top: 1 },
    { ways: n, top: 1 },
    { ways: 10, top: 5 },
  ];
  const result = identifyByLikeness(likeness, { seed: 1, nPermutations: 200, nBootstrap: 50, retrievals });
  const [two, all] = result.retrievals;
  assert.ok(Math.abs(two.share - result.pairwise) < 1e-12);
  assert.equal(two.p, result.pairwiseP);
  assert.ok(Math.abs(two.interval[0] - result.pairwiseInterval[0]) < 1e-12);
  assert.ok(Math.abs(all.share - result.nWay) < 1e-12);
  assert.equal(all.p, result.nWayP);
  // Over all ranks, which are equally likely where nothing is known, the mean is top / ways.
  for (const retrieval of retrievalsOf(60)) {
    let mean = 0;
    for (let beaten = 0; beaten < 60; beaten += 1)
      mean += retrievalShare({ beaten, ties: 0 }, 60, retrieval) / 60;
    assert.ok(Math.abs(mean - retrieval.top / retrieval.ways) < 1e-12);
  }
});

test('the best of hundreds of candidates keeps its digits', () => {
  // C(998, 49) / C(999, 49): one of 999 distractors is better.
  const share = retrievalShare({ beaten: 998, ties: 0 }, 1000, { ways: 50, top: 1 });
  assert.ok(Math.abs(share - (1 - 49 / 999)) < 1e-11);
});

test('standings count what is beaten and what ties', () => {
  const { kinds, kindOf } = standingsOf(Float64Array.of(3, 1, 3, 0, 0, 0, 1, 2, 3), 3);
  const standing = (i: number, j: number) => kinds[kindOf[i * 3 + j]];
  assert.deepEqual(standing(0, 0), { beaten: 1, ties: 1 });
  assert.deepEqual(standing(1, 2), { beaten: 0, ties: 2 });
  assert.deepEqual(standing(2, 1), { beaten: 1, ties: 0 });
  assert.throws(() => standingsOf(Float64Array.of(1, Number.NaN, 0, 1), 2), RangeError);
  assert.throws(() => retrievalShare({ beaten: 1, ties: 0 }, 2, { ways: 3, top: 1 }), RangeError);
});
