import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSeries } from '../../src/main/formats/nifti/series.ts';
import { computeBrainMask } from '../../src/main/imaging/brain-mask.ts';
import {
  type Grid,
  gridMismatchMessage,
  sameGrid,
  voxelCount,
  voxelIndices,
  worldCoordinates,
} from '../../src/main/imaging/grid.ts';
import { loadMask } from '../../src/main/imaging/load-mask.ts';
import { applyMask, fullMask, maskFromVolume, unmask } from '../../src/main/imaging/mask.ts';
import { dilate, erode, largestComponent } from '../../src/main/imaging/morphology.ts';
import { orientationCode } from '../../src/main/imaging/orientation.ts';
import { posteriorRegions } from '../../src/main/imaging/regions.ts';
import { filledVolume } from '../../src/main/imaging/volume.ts';

const grid: Grid = {
  shape: [3, 4, 5],
  affine: Float64Array.of(-2, 0, 0, 10, 0, 3, 0, -20, 0, 0, 4, 30, 0, 0, 0, 1),
};

test('voxels lie where the affine puts them', () => {
  assert.equal(voxelCount(grid), 60);
  const index = 2 + 3 * (1 + 4 * 4);
  assert.deepEqual(voxelIndices(grid, index), [2, 1, 4]);
  assert.deepEqual(worldCoordinates(grid, index), [6, -17, 46]);
});

test('grids are the same within a micrometre, and a mismatch is told in words', () => {
  const moved: Grid = { ...grid, affine: grid.affine.map((value, i) => (i === 7 ? value + 5e-4 : value)) };
  const away: Grid = { ...grid, affine: grid.affine.map((value, i) => (i === 7 ? value + 5 : value)) };
  const broken: Grid = { ...grid, affine: grid.affine.map((value, i) => (i === 7 ? Number.NaN : value)) };
  const other: Grid = { ...grid, shape: [3, 4, 6] };
  assert.ok(sameGrid(grid, moved));
  assert.ok(!sameGrid(grid, away) && !sameGrid(grid, other) && !sameGrid(grid, broken));
  assert.equal(gridMismatchMessage(grid, other), 'its shape is 3 x 4 x 5, not 3 x 4 x 6');
  assert.equal(gridMismatchMessage(grid, away), 'its affine differs: -20 against -15 mm in row 2, column 4');
  assert.match(gridMismatchMessage(grid, broken), /NaN mm in row 2, column 4/);
});

test('orientation codes, oblique and degenerate ones too', () => {
  assert.equal(orientationCode(grid.affine), 'LAS');
  assert.equal(orientationCode(Float64Array.of(0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1)), 'PIR');
  // 40 degrees about x: j is still mostly A, k mostly S.
  assert.equal(
    orientationCode(Float64Array.of(1, 0, 0, 0, 0, 0.77, -0.64, 0, 0, 0.64, 0.77, 0, 0, 0, 0, 1)),
    'RAS',
  );
  assert.equal(orientationCode(new Float64Array(16)), '???');
});

test('masking and unmasking are each other’s inverse', () => {
  const volume = filledVolume(grid);
  volume.data.set([5, -1, Number.NaN, 2], 10);
  const mask = maskFromVolume(volume);
  assert.deepEqual(Array.from(mask.indices), [10, 11, 13]);
  const values = applyMask(volume, mask);
  assert.deepEqual(Array.from(values), [5, -1, 2]);
  const back = unmask(values, mask, -9);
  assert.equal(back.data[12], -9);
  assert.deepEqual(applyMask(back, mask), values);
  assert.equal(fullMask(grid).indices.length, 60);
  assert.throws(() => unmask(new Float32Array(2), mask), RangeError);
});

test('the regions are a third behind, and halves below and above of the rest', () => {
  const mask = fullMask({ ...grid, shape: [3, 6, 4] });
  const regions = posteriorRegions(mask);
  assert.deepEqual(
    regions.map(({ name, voxels }) => [name, voxels.length]),
    [
      ['occipital', 24],
      ['temporal', 24],
      ['frontoparietal', 24],
    ],
  );
  const all = regions.flatMap(({ voxels }) => Array.from(voxels)).sort((a, b) => a - b);
  assert.deepEqual(
    all,
    Array.from({ length: 72 }, (_, voxel) => voxel),
  );
  const place = (voxel: number): number[] => voxelIndices(mask.grid, mask.indices[voxel]);
  for (const { name, voxels } of regions) {
    assert.deepEqual(voxels, voxels.slice().sort());
    for (const voxel of voxels) {
      const [, j, k] = place(voxel);
      assert.equal(name, j < 2 ? 'occipital' : k < 2 ? 'temporal' : 'frontoparietal');
    }
  }
});

test('regions go by anatomy, not by the order of the axes', () => {
  // j grows backwards and k downwards.
  const affine = Float64Array.of(1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1);
  const mask = fullMask({ shape: [1, 3, 2], affine });
  const [occipital, temporal, frontoparietal] = posteriorRegions(mask).map(({ voxels }) =>
    Array.from(voxels),
  );
  assert.deepEqual(
    [occipital, temporal, frontoparietal],
    [
      [2, 5],
      [3, 4],
      [0, 1],
    ],
  );
});

test('regions of a few voxels are still all of them', () => {
  for (let count = 0; count < 8; count += 1) {
    const mask = { grid, indices: Uint32Array.from({ length: count }, (_, index) => index) };
    const sizes = posteriorRegions(mask).map(({ voxels }) => voxels.length);
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      count,
    );
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${count}: ${sizes}`);
  }
});

test('erosion, dilation and the largest part of a small volume', () => {
  const cube: Grid = { ...grid, shape: [5, 5, 5] };
  const centre = 2 + 5 * (2 + 5 * 2);
  const point = new Uint8Array(125);
  point[centre] = 1;
  const cross = dilate(point, cube, 1);
  assert.equal(
    cross.reduce((sum, value) => sum + value, 0),
    7,
  );
  assert.deepEqual(erode(cross, cube, 1), point);
  // The outside of the grid does not belong: one step takes the border off.
  assert.equal(
    erode(new Uint8Array(125).fill(1), cube, 1).reduce((sum, value) => sum + value, 0),
    27,
  );
  const two = new Uint8Array(125);
  two.set([1, 1, 0, 1, 1], 0);
  two.set([0, 0, 0, 0, 1], 5);
  // Voxels that share an edge alone are apart.
  two[14 - 1] = 1;
  assert.deepEqual(
    Array.from(largestComponent(two, cube).entries())
      .filter(([, value]) => value === 1)
      .map(([index]) => index),
    [3, 4, 9],
  );
});

test('a mean without contrast has no brain mask', () => {
  assert.throws(() => computeBrainMask(filledVolume(grid, 3)), { code: 'MASK_EMPTY' });
});

const haxby = join(import.meta.dirname, '../../../shared/data/haxby2001');
const run = 'sub-01/func/sub-01_task-objectviewing_run-01_bold.nii.gz';
const example = join(import.meta.dirname, '../../../shared/data/nifti/nibabel/example4d.nii.gz');
const absent = !(existsSync(haxby) && existsSync(example)) && 'haxby2001 or nifti is absent from shared/data';

/**
 * Number of voxels and a hash of their indices, computed with scipy 1.17 (`ndimage.binary_erosion`, `label`,
 * `binary_dilation` in the order of nilearn's `compute_epi_mask`) from the mean that nibabel 5.4.2 read.
 */
test('brain masks of real images equal those of scipy', { skip: absent }, async () => {
  const expected: [string, number, number, number][] = [
    [join(haxby, 'bids-25mm', run), 0, 84, 105549],
    [join(haxby, 'bids-25mm', run), 1, 60, 264762],
    [join(haxby, 'bids-1slice', run), 2, 530, 176031],
    [example, 2, 96497, 401815],
  ];
  for (const [path, opening, count, hash] of expected) {
    const mean = await (await openSeries(path)).readMean();
    const { indices } = computeBrainMask(mean, { opening });
    assert.equal(indices.length, count, path);
    assert.equal(
      indices.reduce((sum, index) => (sum * 31 + index) % 1000003, 7),
      hash,
      path,
    );
  }
});

test('a mask file is loaded for the grid of a run', { skip: absent }, async () => {
  const masks = join(haxby, 'bids-25mm/derivatives/masks/sub-01');
  const { grid: coarse } = await openSeries(join(haxby, 'bids-25mm', run));
  const { grid: slice } = await openSeries(join(haxby, 'bids-1slice', run));
  // 600 voxels, of which the mean of expected.json (0.215) says 129 are in the mask.
  const { mask, problems } = await loadMask(join(masks, 'brain.nii.gz'), coarse);
  assert.equal(mask.indices.length, 129);
  assert.deepEqual(problems, []);
  const onSlice = await loadMask(join(masks, 'brain.nii.gz'), slice);
  assert.deepEqual(
    onSlice.problems.map(({ code }) => code),
    ['MASK_RESAMPLED'],
  );
  assert.equal(onSlice.mask.grid, slice);
});
