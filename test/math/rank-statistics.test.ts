import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Alternative, binomialTest } from '../../src/main/math/binomial-test.ts';
import { bootstrapInterval, bootstrapStatistic } from '../../src/main/math/bootstrap.ts';
import { chiSquareSf } from '../../src/main/math/distributions.ts';
import { friedmanTest } from '../../src/main/math/friedman.ts';
import { conoverPairs, nemenyiPairs, wilcoxonPairs } from '../../src/main/math/friedman-post-hoc.ts';
import { fdrAdjusted, holmAdjusted } from '../../src/main/math/multiple-testing.ts';
import { Random } from '../../src/main/math/random.ts';
import { midranks } from '../../src/main/math/ranks.ts';
import { studentizedRangeSf } from '../../src/main/math/studentized-range.ts';
import { wilcoxonSignedRank } from '../../src/main/math/wilcoxon.ts';

interface Reference {
  chiSquareSf: [number, number, number][];
  studentizedRangeSf: [number, number, number][];
  friedman: {
    name: string;
    table: number[];
    nConditions: number;
    statistic: number;
    p: number;
    permutationP: number | null;
    conover: [number, number][];
    nemenyi: [number, number][];
  }[];
  wilcoxon: { differences: number[]; p: number; greater: number; less: number }[];
  binomial: [number, number, number, Alternative, number, number, number][];
  holm: { p: number[]; adjusted: number[]; fdr: number[] };
}

// Made by rank-statistics.py with scipy, and by enumeration.
const reference: Reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/math/rank-statistics.json'), 'utf8'),
);

function close(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1e-300, Math.abs(expected)),
    `${what}: ${actual}, expected ${expected}`,
  );
}

test('chi-square tails equal those of scipy', () => {
  for (const [x, dof, sf] of reference.chiSquareSf)
    close(chiSquareSf(x, dof), sf, 1e-12, `chi2 ${x}, ${dof}`);
  assert.equal(chiSquareSf(0, 3), 1);
  assert.throws(() => chiSquareSf(1, 0), RangeError);
});

test('studentized range tails equal those of scipy', () => {
  for (const [q, k, sf] of reference.studentizedRangeSf) {
    close(studentizedRangeSf(q, k), sf, 1e-7, `range ${q}, ${k}`);
  }
  // Two groups: the range is |Z1 - Z2|, a normal of variance 2.
  close(studentizedRangeSf(Math.SQRT2 * 1.959963984540054, 2), 0.05, 1e-12, 'two groups');
  assert.equal(studentizedRangeSf(0, 3), 1);
});

test("Friedman's statistic and p equal those of scipy, the permutation p full enumeration", () => {
  for (const { name, table, nConditions, statistic, p, permutationP } of reference.friedman) {
    const result = friedmanTest(table, nConditions);
    close(result.statistic, statistic, 1e-10, `${name}, statistic`);
    close(result.p, p, 1e-10, `${name}, p`);
    close(result.kendallW, statistic / (result.nSubjects * (nConditions - 1)), 1e-10, `${name}, W`);
    assert.equal(result.permutations, 'exact');
    if (permutationP !== null) close(result.permutationP, permutationP, 1e-10, `${name}, permutation p`);
    const drawn = friedmanTest(table, nConditions, { maxStates: 0, nDraws: 20_000 });
    assert.equal(drawn.permutations, 'monte-carlo');
    assert.ok(Math.abs(drawn.permutationP - result.permutationP) < 0.02, name);
  }
});

test("Friedman's exact p has its closed form where all four subjects agree", () => {
  const order = [0.6, 0.8, 0.9];
  const result = friedmanTest([...order, ...order, ...order, ...order], 3);
  assert.equal(result.kendallW, 1);
  // All others must stand in the order of the first: 1 / 6^3.
  close(result.permutationP, 1 / 216, 1e-12, 'exact p');
  // Friedman 1937, table VI: n = 4, k = 3, chi-square 8: 0.0046.
  close(result.permutationP, 0.0046, 0.01, 'published table');
});

/** Conover 1999, 5.8, example 1: twelve homeowners judge four grasses. */
const grasses = [
  [4, 3, 2, 1],
  [4, 2, 3, 1],
  [3, 1.5, 1.5, 4],
  [3, 1, 2, 4],
  [4, 2, 1, 3],
  [2, 2, 2, 4],
  [1, 3, 2, 4],
  [2, 4, 1, 3],
  [3.5, 1, 2, 3.5],
  [4, 1, 3, 2],
  [4, 2, 3, 1],
  [3.5, 1, 2, 3.5],
].flat();

test("Conover's published example", () => {
  const result = friedmanTest(grasses, 4);
  assert.deepEqual([...result.meanRanks.map((rank) => rank * 12)], [38, 23.5, 24.5, 34]);
  close(result.statistic, 8.0973, 1e-5, 'T1');
  // Rank sums more than 11.49 apart differ at 0.05: 1 from 2 and 1 from 3.
  const different = conoverPairs(grasses, 4).filter(({ p }) => p < 0.05);
  assert.deepEqual(
    different.map(({ first, second }) => [first, second]),
    [
      [0, 1],
      [0, 2],
    ],
  );
});

test('post-hoc tests equal their formulas in scipy', () => {
  for (const { name, table, nConditions, conover, nemenyi } of reference.friedman) {
    conoverPairs(table, nConditions).forEach((pair, at) => {
      close(pair.statistic, conover[at][0], 1e-10, `${name}, t`);
      close(pair.p, conover[at][1], 1e-10, `${name}, p of t`);
      assert.ok(pair.adjustedP >= pair.p);
    });
    nemenyiPairs(table, nConditions).forEach((pair, at) => {
      close(pair.statistic, nemenyi[at][0], 1e-10, `${name}, q`);
      close(pair.p, nemenyi[at][1], 1e-7, `${name}, p of q`);
    });
    for (const pair of wilcoxonPairs(table, nConditions)) {
      const differences = Array.from(
        { length: table.length / nConditions },
        (_, row) => table[row * nConditions + pair.first] - table[row * nConditions + pair.second],
      );
      assert.equal(pair.p, wilcoxonSignedRank(differences).p);
    }
  }
});

test("Wilcoxon's exact p equals scipy's, and enumeration with ties and zeros", () => {
  for (const { differences, p, greater, less } of reference.wilcoxon) {
    close(wilcoxonSignedRank(differences).p, p, 1e-12, 'two-sided');
    close(wilcoxonSignedRank(differences, 'greater').p, greater, 1e-12, 'greater');
    close(wilcoxonSignedRank(differences, 'less').p, less, 1e-12, 'less');
  }
  const tied = [2, -1, 1, 3, 0, 2, 2];
  const ranks = [4, 1.5, 1.5, 6, 4, 4];
  let reached = 0;
  for (let signs = 0; signs < 64; signs += 1) {
    const sum = ranks.reduce((total, rank, at) => total + (signs & (1 << at) ? rank : 0), 0);
    if (sum >= 19.5) reached += 1;
  }
  const result = wilcoxonSignedRank(tied, 'greater');
  assert.equal(result.n, 6);
  assert.equal(result.p, reached / 64);
  assert.equal(wilcoxonSignedRank([0, 0]).p, 1);
});

test('binomial tests and their intervals equal those of scipy', () => {
  for (const [k, n, chance, alternative, p, low, high] of reference.binomial) {
    const result = binomialTest(k, n, chance, { alternative });
    close(result.p, p, 1e-9, `${k} of ${n} at ${chance}, ${alternative}`);
    close(result.interval[0], low, 1e-9, `low of ${k} of ${n}`);
    close(result.interval[1], high, 1e-9, `high of ${k} of ${n}`);
  }
  assert.throws(() => binomialTest(3, 2, 0.5), RangeError);
  assert.throws(() => binomialTest(0, 0, 0.5), RangeError);
});

test("Holm's and Benjamini and Hochberg's adjustments", () => {
  const { p, adjusted, fdr } = reference.holm;
  for (const [at, value] of holmAdjusted(p).entries()) close(value, adjusted[at], 1e-12, 'Holm');
  for (const [at, value] of fdrAdjusted(p).entries()) close(value, fdr[at], 1e-12, 'FDR');
  assert.deepEqual([...holmAdjusted([Number.NaN, 0.02])], [Number.NaN, 0.02]);
});

test('the bootstrap covers as often as it says, and equals the closed form of two observations', () => {
  // Means of two draws from {0, 1}: 0, 0.5, 1 with 1/4, 1/2, 1/4.
  const random = new Random('bootstrap');
  assert.deepEqual(bootstrapInterval([0, 1], { random, confidence: 0.4 }), [0.5, 0.5]);
  assert.deepEqual(bootstrapInterval([0, 1], { random, confidence: 0.95 }), [0, 1]);
  let covered = 0;
  for (let study = 0; study < 300; study += 1) {
    const sample = Float64Array.from({ length: 40 }, () => random.normal());
    const [low, high] = bootstrapInterval(sample, { random, nSamples: 400 });
    if (low <= 0 && 0 <= high) covered += 1;
  }
  // Binomial(300, 0.94): standard deviation 4.
  assert.ok(covered > 264 && covered < 297, `${covered} of 300`);
  const sample = [3, 1, 4, 1, 5];
  const seeded = () => new Random(5);
  assert.deepEqual(
    bootstrapInterval(sample, { random: seeded() }),
    bootstrapStatistic(5, (drawn) => drawn.reduce((sum, at) => sum + sample[at], 0) / 5, {
      random: seeded(),
    }),
  );
});

test('what has no ranks or no spread is refused', () => {
  assert.deepEqual([...midranks([3, 1, 3])], [2.5, 1, 2.5]);
  assert.throws(() => midranks([1, Number.NaN]), RangeError);
  assert.throws(() => friedmanTest([1, 2, 3], 3), RangeError);
  assert.throws(() => friedmanTest([1, 2, 3, 4, 5], 2), RangeError);
  assert.throws(() => friedmanTest([1, 2, Number.NaN, 4], 2), RangeError);
  assert.throws(() => bootstrapInterval([1], { random: new Random(1) }), RangeError);
  assert.throws(() => bootstrapInterval([1, Number.NaN], { random: new Random(1) }), RangeError);
  // All alike: no difference, and no NaN.
  const flat = friedmanTest([1, 1, 1, 2, 2, 2], 3);
  assert.deepEqual([flat.statistic, flat.p, flat.kendallW, flat.permutationP], [0, 1, 0, 1]);
  assert.ok(nemenyiPairs([1, 1, 2, 2], 2).every(({ p }) => p === 1));
});
