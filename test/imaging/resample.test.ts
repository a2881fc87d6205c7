/** Against scipy and nibabel: test/fixtures/imaging/resample.py. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { invertAffine } from '../../src/shared/space/affine.ts';
import { closestCanonical } from '../../src/main/imaging/canonical.ts';
import type { Grid } from '../../src/main/imaging/grid.ts';
import { loadMask } from '../../src/main/imaging/load-mask.ts';
import { orientationCode } from '../../src/main/imaging/orientation.ts';
import { resampleVolume } from '../../src/main/imaging/resample.ts';
import { filledVolume } from '../../src/main/imaging/volume.ts';
import { temporaryFolder } from '../formats/temporary.ts';

type Shape = [number, number, number];
const fixture = JSON.parse(
  await readFile(join(import.meta.dirname, '../fixtures/imaging/resample.json'), 'utf8'),
) as {
  source: { shape: Shape; affine: number[]; smooth: number[]; labels: number[] };
  cases: { name: string; shape: Shape; affine: number[]; linear: number[]; nearest: number[] }[];
  canonical: { affine: number[]; data: number[]; shape: Shape; turnedAffine: number[]; turned: number[] }[];
};
const gridOf = (shape: Shape, affine: number[]): Grid => ({ shape, affine: Float64Array.from(affine) });
const source = gridOf(fixture.source.shape, fixture.source.affine);

describe('volumes on other grids', () => {
  for (const { name, shape, affine, linear, nearest } of fixture.cases) {
    it(`${name}: as scipy`, () => {
      const grid = gridOf(shape, affine);
      const smooth = { grid: source, data: Float32Array.from(fixture.source.smooth) };
      resampleVolume(smooth, grid, 'linear').data.forEach((value, at) => {
        assert.ok(Math.abs(value - linear[at]) < 1e-5, `${at}: ${value} ${linear[at]}`);
      });
      const labels = { grid: source, data: Float32Array.from(fixture.source.labels) };
      assert.deepEqual(Array.from(resampleVolume(labels, grid, 'nearest').data), nearest);
    });
  }

  it('a NaN spreads to no voxel that does not lie beside it', () => {
    const grid = gridOf([3, 1, 1], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const volume = { grid, data: Float32Array.of(1, Number.NaN, 3) };
    const finer = gridOf([5, 1, 1], [0.5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const { data } = resampleVolume(volume, finer, 'linear');
    assert.deepEqual(Array.from(data), [1, Number.NaN, Number.NaN, Number.NaN, 3]);
  });

  it('an affine without volume is refused', () => {
    assert.throws(() => invertAffine(Float64Array.of(1, 2, 3, 0, 2, 4, 6, 0, 0, 0, 1, 0, 0, 0, 0, 1)), {
      code: 'AFFINE_SINGULAR',
    });
  });
});

describe('volumes turned to RAS', () => {
  for (const [at, wanted] of fixture.canonical.entries()) {
    it(`case ${at}: as nibabel`, () => {
      const volume = { grid: gridOf([2, 3, 4], wanted.affine), data: Float32Array.from(wanted.data) };
      const { grid, data } = closestCanonical(volume);
      assert.deepEqual(grid.shape, wanted.shape);
      grid.affine.forEach((value, index) => {
        assert.ok(Math.abs(value - wanted.turnedAffine[index]) < 1e-9);
      });
      assert.deepEqual(Array.from(data), wanted.turned);
      assert.equal(orientationCode(grid.affine), 'RAS');
    });
  }
});

describe('masks', () => {
  const grid = gridOf([4, 4, 4], [2, 0, 0, -4, 0, 2, 0, -4, 0, 0, 2, -4, 0, 0, 0, 1]);
  const finer = gridOf([8, 8, 8], [1, 0, 0, -4.5, 0, 1, 0, -4.5, 0, 0, 1, -4.5, 0, 0, 0, 1]);

  it('of probabilities are cut at the threshold', async (t) => {
    const path = join(await temporaryFolder(t), 'label-GM_probseg.nii.gz');
    const data = Float32Array.from({ length: 64 }, (_, at) => at / 64);
    await writeNifti(path, { grid, data });
    const half = await loadMask(path, grid);
    assert.equal(half.values, 'probability');
    assert.deepEqual(half.problems, []);
    assert.equal(half.mask.indices.length, 32);
    assert.equal((await loadMask(path, grid, 0.25)).mask.indices.length, 48);
    await assert.rejects(loadMask(path, grid, 0.999), { code: 'MASK_EMPTY', file: path });
  });

  it("of SPM's tissue images are probabilities, stored as bytes", async (t) => {
    const path = join(await temporaryFolder(t), 'c1anat.nii');
    const data = Uint8Array.from({ length: 64 }, (_, at) => 4 * at);
    await writeNifti(path, { grid, data, scale: { slope: 1 / 255, inter: 0 } });
    const { values, mask } = await loadMask(path, grid);
    assert.equal(values, 'probability');
    assert.equal(mask.indices.length, 32);
  });

  it('on another grid are resampled, and listed', async (t) => {
    const path = join(await temporaryFolder(t), 'mask.nii.gz');
    const data = new Uint8Array(512);
    for (let at = 0; at < 512; at += 1) data[at] = at % 8 < 4 ? 1 : 0;
    await writeNifti(path, { grid: finer, data });
    const { mask, problems } = await loadMask(path, grid);
    assert.deepEqual(
      problems.map(({ code, file }) => [code, file]),
      [['MASK_RESAMPLED', path]],
    );
    assert.equal(mask.grid, grid);
    // The half at lower x: two of four columns.
    assert.deepEqual(
      Array.from(mask.indices),
      [...Array(64).keys()].filter((at) => at % 4 < 2),
    );
  });

  it('elsewhere, or without a voxel, are refused', async (t) => {
    const path = join(await temporaryFolder(t), 'mask.nii.gz');
    const away = { ...grid, affine: grid.affine.map((value, at) => (at === 3 ? value + 500 : value)) };
    await writeNifti(path, { grid: away, data: filledVolume(grid, 1).data });
    await assert.rejects(loadMask(path, grid), { code: 'MASK_GRID_MISMATCH', file: path });
    await writeNifti(path, { grid, data: filledVolume(grid).data });
    await assert.rejects(loadMask(path, grid), { code: 'MASK_EMPTY', file: path });
    const data = filledVolume(grid, Number.NaN).data;
    await writeNifti(path, { grid, data });
    await assert.rejects(loadMask(path, grid), { code: 'MASK_EMPTY', file: path });
  });
});
