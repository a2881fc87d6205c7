import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { matrix } from '../../src/main/math/matrix.ts';
import { designQuality, strongestPairs } from '../../src/main/qc/design-quality.ts';
import { framewiseDisplacement } from '../../src/main/qc/framewise-displacement.ts';
import { volumeStatistics } from '../../src/main/qc/volume-statistics.ts';
import { voxelStatistics } from '../../src/main/qc/voxel-statistics.ts';

/** Computed with numpy by make-reference.py beside it, which names the sources of the definitions. */
const reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/qc/reference.json'), 'utf8'),
) as Record<string, number[]> & { nVolumes: number; nVoxels: number; gcor: number };
const { nVolumes, nVoxels } = reference;
const y = Float32Array.from(reference.y);

function assertNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, at) => {
    const bound = tolerance * Math.max(1, Math.abs(value));
    assert.ok(Math.abs(actual[at] - value) <= bound, `[${at}] ${actual[at]} is not ${value}`);
  });
}

const statistics = voxelStatistics(y, nVolumes);
const slices = { of: Uint16Array.from({ length: nVoxels }, (_, voxel) => voxel % 3), count: 3 };
const volumes = volumeStatistics(y, nVolumes, statistics, slices);

describe('quality measures against numpy', () => {
  it('tSNR, with and without its trends', () => {
    const ratio = (sd: Float32Array) => statistics.mean.map((mean, voxel) => mean / sd[voxel]);
    assertNear(ratio(statistics.sd), reference.tsnr, 2e-6);
    assertNear(ratio(statistics.detrendedSd), reference.tsnrDetrended, 2e-6);
    assertNear(statistics.lag1, reference.lag1, 1e-6);
  });

  it('DVARS and both of its standardised versions', () => {
    assert.ok(Number.isNaN(volumes.dvars[0]) && Number.isNaN(volumes.stdDvars[0]));
    assertNear(volumes.dvars.slice(1), reference.dvars, 1e-6);
    assertNear(volumes.stdDvars.slice(1), reference.stdDvars, 1e-6);
    assertNear(volumes.voxelStdDvars.slice(1), reference.voxelStdDvars, 1e-6);
  });

  it('global signal, outliers, global correlation', () => {
    assertNear(volumes.globalSignal, reference.globalSignal, 1e-9);
    assertNear(volumes.outlierFraction, reference.outlierFraction, 1e-12);
    assert.ok(Math.max(...volumes.outlierFraction) > 0.2, 'the spike is one');
    assertNear([volumes.gcor], [reference.gcor], 1e-6);
  });

  it('framewise displacement', () => {
    const fd = framewiseDisplacement(Float64Array.from(reference.motion));
    assert.ok(Number.isNaN(fd[0]));
    assertNear(fd.slice(1), reference.fd, 1e-12);
  });

  it('correlations of regressors and variance inflation', () => {
    const design = matrix(nVolumes, 4, Float64Array.from(reference.design));
    const quality = designQuality(design);
    assertNear(quality.correlations.data, reference.correlation, 1e-12);
    assertNear(quality.vif, reference.vif, 1e-9);
    const [strongest] = strongestPairs(quality, 1);
    assert.deepEqual([strongest.a, strongest.b], [0, 3]);
  });
});

describe('designs that cannot be told apart', () => {
  it('give infinite inflation to the columns involved, and leave the constant out', () => {
    const rows = 12;
    const design = matrix(rows, 5);
    for (let row = 0; row < rows; row += 1) {
      const [a, b, c] = [Math.sin(row), Math.cos(3 * row), Math.sin(2 * row + 1)];
      design.data.set([a, b, a - 2 * b, 1, c], row * 5);
    }
    const { columns, vif } = designQuality(design);
    assert.deepEqual(columns, [0, 1, 2, 4]);
    assert.deepEqual([...vif.slice(0, 3)], [Infinity, Infinity, Infinity]);
    assert.ok(vif[3] >= 1 && vif[3] < 2);
  });
});

describe('voxels without use', () => {
  it('are told apart and left out of everything', () => {
    const odd = y.slice();
    for (let t = 0; t < nVolumes; t += 1) odd[t * nVoxels + 5] = 700;
    odd[3 * nVoxels + 9] = Number.NaN;
    const found = voxelStatistics(odd, nVolumes);
    assert.deepEqual([found.nConstant, found.nNotFinite], [1, 1]);
    assert.deepEqual([found.usable[5], found.usable[9], found.usable[4]], [0, 0, 1]);
    const { dvars, globalSignal, gcor } = volumeStatistics(odd, nVolumes, found, slices);
    const kept = [...Array(nVoxels).keys()].filter((voxel) => voxel !== 5 && voxel !== 9);
    const part = Float32Array.from({ length: nVolumes * kept.length }, (_, at) => {
      return y[Math.floor(at / kept.length) * nVoxels + kept[at % kept.length]];
    });
    const partSlices = { of: new Uint16Array(kept.length), count: 1 };
    const alone = volumeStatistics(part, nVolumes, voxelStatistics(part, nVolumes), partSlices);
    assertNear(dvars.slice(1), [...alone.dvars.slice(1)], 1e-12);
    assertNear(globalSignal, [...alone.globalSignal], 1e-12);
    assertNear([gcor], [alone.gcor], 1e-12);
  });
});
