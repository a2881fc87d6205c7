import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  codeStatistics,
  drawLikeCodes,
  principalComponent,
  rankLatents,
} from '../../src/main/generative/code-statistics.ts';
import { Random } from '../../src/main/math/random.ts';

describe('statistics of codes', () => {
  it('are mean and variance by latent, and rank the latents', () => {
    const codes = Float32Array.of(1, 0, 10, 3, 0, 10, 2, 0, 16);
    const statistics = codeStatistics(codes, 3);
    assert.deepEqual(
      [...statistics.mean].map((value) => value.toFixed(12)),
      ['2', '0', '12'].map((v) => Number(v).toFixed(12)),
    );
    assert.ok(
      Math.abs(statistics.variance[0] - 2 / 3) < 1e-12 && Math.abs(statistics.variance[2] - 8) < 1e-12,
    );
    assert.deepEqual([...rankLatents(statistics)], [2, 0, 1]);
  });

  it('the first principal component of points on a line is the line', () => {
    const codes = Float32Array.from([-2, -1, 1, 2].flatMap((t) => [5 + 3 * t, 1 - 4 * t]));
    const { direction, deviation } = principalComponent(codes, 2, 1);
    assert.ok(Math.abs(Math.abs(direction[0]) - 0.6) < 1e-9 && Math.abs(Math.abs(direction[1]) - 0.8) < 1e-9);
    assert.ok(Math.abs(deviation - 5 * Math.sqrt(10 / 4)) < 1e-6);
    assert.ok(principalComponent(codes, 2, 2).deviation < 1e-6);
    assert.throws(() => principalComponent(codes, 2, 3), RangeError);
  });

  it('draws have the mean and the covariance of the codes, also where latents are more than codes', () => {
    const codes = Float32Array.from([1, 2, 0, 0, 3, -1, 1, 5, 2, 4, 1, 0, 0, 1, 2, 2]);
    const latentDim = 4;
    const few = codes.subarray(0, 12);
    for (const given of [codes, few]) {
      const { mean, variance } = codeStatistics(given, latentDim);
      const draws = drawLikeCodes(given, latentDim, 40_000, new Random('draws'));
      const drawn = codeStatistics(draws, latentDim);
      const covariance = (of: Float32Array, centre: Float64Array) => {
        let sum = 0;
        for (let at = 0; at < of.length; at += latentDim)
          sum += (of[at] - centre[0]) * (of[at + 1] - centre[1]);
        return (sum / of.length) * latentDim;
      };
      for (let k = 0; k < latentDim; k++) {
        // Four standard errors of a mean and of a variance of 40,000 normal draws.
        assert.ok(Math.abs(drawn.mean[k] - mean[k]) < 4 * Math.sqrt(variance[k] / 40_000) + 1e-9);
        assert.ok(Math.abs(drawn.variance[k] / variance[k] - 1) < 4 * Math.sqrt(2 / 40_000));
      }
      const bound = 4 * Math.sqrt((2 * variance[0] * variance[1]) / 40_000);
      assert.ok(Math.abs(covariance(draws, drawn.mean) - covariance(given, mean)) < bound);
    }
  });
});
