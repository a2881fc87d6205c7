import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { estimateAr1, whitenColumns, whitenSeries } from '../../src/main/glm/autocorrelation.ts';
import { createDrift } from '../../src/main/glm/drift.ts';
import { type Matrix, matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { mean, variance } from '../../src/main/math/statistics.ts';

const nTime = 200;
const nVoxels = 400;

/** [nTime, nVoxels]: AR(1) noise of unit innovations on a baseline of 1000, started from its stationary state. */
function noise(rho: number, seed: string): Float32Array {
  const random = new Random(seed);
  const y = new Float32Array(nTime * nVoxels);
  for (let voxel = 0; voxel < nVoxels; voxel++) {
    let value = random.normal() / Math.sqrt(1 - rho ** 2);
    for (let t = 0; t < nTime; t++) {
      y[t * nVoxels + voxel] = 1000 + value;
      value = rho * value + random.normal();
    }
  }
  return y;
}

/** Drift and 40 columns of noise: enough to bias a naive estimate. */
function wideDesign(): Matrix {
  const frameTimes = Float64Array.from({ length: nTime }, (_, t) => 2 * t);
  const drift = createDrift(frameTimes, { driftModel: 'cosine', highPass: 0.01 }).columns;
  const random = new Random('design');
  const cols = drift.cols + 40;
  const design = matrix(nTime, cols);
  for (let t = 0; t < nTime; t++) {
    for (let at = 0; at < cols; at++) {
      design.data[t * cols + at] = at < drift.cols ? drift.data[t * drift.cols + at] : random.normal();
    }
  }
  return design;
}

describe('AR(1) coefficient', () => {
  const design = wideDesign();
  for (const rho of [0, 0.2, 0.4, 0.7]) {
    it(`of ${rho} is found behind a wide design`, () => {
      const found = estimateAr1(design, noise(rho, `noise ${rho}`), nVoxels);
      // 400 voxels of 200 volumes: the standard error is about 0.004.
      assert.ok(Math.abs(found - rho) < 0.02, `${found}`);
    });
  }

  it('is 0 where there is nothing to estimate from', () => {
    assert.equal(estimateAr1(design, new Float32Array(nTime * nVoxels).fill(7), nVoxels), 0);
    assert.equal(estimateAr1(matrix(3, 1, [1, 1, 1]), new Float32Array(3), 1), 0);
  });
});

describe('whitening', () => {
  it('makes AR(1) noise white, of the variance of its innovations', () => {
    const white = noise(0.5, 'white');
    whitenSeries(white, nVoxels, 0.5);
    const constant = matrix(nTime, 1, new Float64Array(nTime).fill(1));
    assert.ok(Math.abs(estimateAr1(constant, white, nVoxels)) < 0.02);
    const variances = Array.from({ length: nVoxels }, (_, voxel) =>
      variance(white.filter((_value, at) => at % nVoxels === voxel)),
    );
    assert.ok(Math.abs(mean(variances) - 1) < 0.02, `${mean(variances)}`);
  });

  it('treats data and design alike, but for the mean', () => {
    const y = noise(0.3, 'alike');
    const columns = matrix(nTime, nVoxels, Float64Array.from(y));
    const whitened = whitenColumns(columns, 0.3);
    const series = y.slice();
    whitenSeries(series, nVoxels, 0.3);
    const constant = whitenColumns(matrix(nTime, 1, new Float64Array(nTime).fill(1)), 0.3);
    for (const voxel of [0, 17, 399]) {
      const average = mean(columns.data.filter((_value, at) => at % nVoxels === voxel));
      for (let t = 0; t < nTime; t++) {
        const expected = whitened.data[t * nVoxels + voxel] - average * constant.data[t];
        assert.ok(Math.abs(series[t * nVoxels + voxel] - expected) < 1e-4);
      }
    }
  });
});
