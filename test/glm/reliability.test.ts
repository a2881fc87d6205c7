import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noiseCeiling, patternReliability, splitHalfReliability } from '../../src/main/glm/reliability.ts';
import { Random } from '../../src/main/math/random.ts';

const nConditions = 20;
const nVoxels = 4000;

/** Sets of patterns with a known truth: signal of variance `signal`, noise of variance 4 in every set. */
function simulate(signal: number, nSets: number, seed: number) {
  const random = new Random(seed);
  const normal = (variance: number) =>
    Float64Array.from({ length: nConditions * nVoxels }, () => Math.sqrt(variance) * random.normal());
  const truth = normal(signal);
  const sets = Array.from({ length: nSets }, () => {
    const noise = normal(4);
    return truth.map((value, at) => value + noise[at]);
  });
  return { truth, sets };
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const meanOf = (sets: readonly Float64Array[]) =>
  sets[0].map((_, at) => sets.reduce((sum, set) => sum + set[at], 0) / sets.length);

describe('the noise ceiling', () => {
  it('finds the variances that the data were made of', () => {
    const { sets } = simulate(2, 8, 1);
    const { signalVariance, noiseVariance } = noiseCeiling(sets, nConditions, nVoxels);
    assert.ok(Math.abs(mean(noiseVariance) - 4) < 0.03, `${mean(noiseVariance)}`);
    assert.ok(Math.abs(mean(signalVariance) - 2) < 0.06, `${mean(signalVariance)}`);
  });

  it('is what the truth itself explains of the mean over sets', () => {
    for (const [signal, nSets] of [
      [2, 8],
      [1, 4],
      [6, 2],
    ]) {
      const { truth, sets } = simulate(signal, nSets, 2);
      const { percent, signalVariance, noiseVariance } = noiseCeiling(sets, nConditions, nVoxels);
      const expected = (100 * signal) / (signal + 4 / nSets);
      const attained =
        100 * mean(splitHalfReliability(truth, meanOf(sets), nConditions, nVoxels).r.map((r) => r * r));
      // Over 20 conditions r² is above its value in the population by (1 - r²) / 19 or so.
      assert.ok(Math.abs(attained - expected) < 3, `attained ${attained}, ${expected}`);
      // Of all voxels together without bias; of one voxel with the spread of variances over 20 conditions.
      const pooled = (100 * mean(signalVariance)) / (mean(signalVariance) + mean(noiseVariance) / nSets);
      assert.ok(Math.abs(pooled - expected) < 1.5, `ceiling ${pooled}, ${expected}`);
      const middle = percent.slice().sort()[nVoxels / 2];
      assert.ok(Math.abs(middle - expected) < 3, `median ${middle}, ${expected}`);
    }
  });

  it('is 0 in half of the voxels, and small in the others, without a signal', () => {
    const { sets } = simulate(0, 8, 3);
    const { percent } = noiseCeiling(sets, nConditions, nVoxels);
    const zero = percent.filter((value) => value === 0).length / nVoxels;
    assert.ok(zero > 0.45 && zero < 0.65, `${zero}`);
    assert.ok(mean(percent) < 12, `${mean(percent)}`);
  });

  it('is by hand what the formula says', () => {
    // Two conditions, two sets: noise (0.5 + 2) / 2, means 1.5 and 6.
    const { signalVariance, noiseVariance, percent } = noiseCeiling(
      [Float64Array.of(1, 5), Float64Array.of(2, 7)],
      2,
      1,
    );
    assert.equal(noiseVariance[0], 1.25);
    assert.equal(signalVariance[0], 10.125 - 0.625);
    const ratio = 9.5 / 1.25;
    assert.ok(Math.abs(percent[0] - (100 * ratio) / (ratio + 0.5)) < 1e-12);
  });

  it('of a constant voxel is 0', () => {
    const flat = new Float64Array(4).fill(3);
    assert.deepEqual(Array.from(noiseCeiling([flat, flat], 4, 1).percent), [0]);
    assert.throws(() => noiseCeiling([flat], 4, 1), RangeError);
  });
});

describe('split halves', () => {
  it('correlate by the share of signal, and together as Spearman and Brown foretell', () => {
    const { truth, sets } = simulate(2, 8, 4);
    const odd = meanOf(sets.filter((_, at) => at % 2 === 0));
    const even = meanOf(sets.filter((_, at) => at % 2 === 1));
    const { r, corrected } = splitHalfReliability(odd, even, nConditions, nVoxels);
    assert.ok(Math.abs(mean(r) - 2 / (2 + 1)) < 0.02, `${mean(r)}`);
    // The reliability of the whole is the squared correlation with the truth.
    const attained = mean(
      splitHalfReliability(truth, meanOf(sets), nConditions, nVoxels).r.map((value) => value ** 2),
    );
    assert.ok(Math.abs(mean(corrected) - attained) < 0.03, `${mean(corrected)} ${attained}`);
  });

  it('are bounded, and 0 where nothing varies', () => {
    const { r, corrected } = splitHalfReliability(
      Float64Array.of(1, 5, 2, 5, 3, 5),
      Float64Array.of(3, 1, 2, 2, 1, 3),
      3,
      2,
    );
    assert.deepEqual(Array.from(r), [-1, 0]);
    assert.deepEqual(Array.from(corrected), [-1, 0]);
  });

  it('patterns of conditions correlate over voxels by the same share', () => {
    const { sets } = simulate(2, 2, 5);
    const voxels = Uint32Array.from({ length: 2000 }, (_, at) => 2 * at);
    const each = patternReliability(sets[0], sets[1], nConditions, nVoxels, voxels);
    assert.equal(each.length, nConditions);
    assert.ok(Math.abs(mean(each) - 2 / 6) < 0.02, `${mean(each)}`);
  });
});
