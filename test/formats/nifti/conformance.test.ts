import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inspectFile } from '../../../src/main/formats/inspect.ts';
import { readNifti } from '../../../src/main/formats/nifti/read.ts';
import { openSeries } from '../../../src/main/formats/nifti/series.ts';

/** nibabel 5.4.2's reading of real files; statistics in float64 over the finite voxels. */
interface Expected {
  file: string;
  raw_header: {
    version: number;
    scl_slope: number;
    scl_inter: number;
    qform_code: number;
    sform_code: number;
  };
  shape: number[];
  dtype: string;
  affine?: number[][];
  axcodes?: string;
  zooms: number[] | null;
  units?: [string, string];
  n_nonfinite: number;
  mean: number;
  std: number;
  min: number;
  max: number;
  voxels: { index: number[]; value: number | string }[];
}

const data = join(import.meta.dirname, '../../../../shared/data');
const numpyNames: Record<string, string> = { i2: 'int16', f4: 'float32', u1: 'uint8' };

function assertClose(actual: number | null, expected: number, relative: number, what: string): void {
  const close = actual !== null && Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected));
  assert.ok(close, `${what}: ${actual} instead of ${expected}`);
}

for (const folder of ['nifti', 'haxby2001']) {
  const list = join(data, folder, 'expected.json');
  const absent = existsSync(list) ? false : `${folder} is absent from shared/data`;
  describe(`images of ${folder} read as nibabel reads them`, { skip: absent }, () => {
    if (absent) return;
    const { files } = JSON.parse(readFileSync(list, 'utf8')) as { files: Expected[] };
    const present = files.filter(({ file }) => existsSync(join(data, folder, file)));
    assert.ok(present.length > 0);
    for (const expected of present) {
      test(expected.file, async () => {
        const path = join(data, folder, expected.file);
        const found = await inspectFile(path);
        const raw = expected.raw_header;
        assert.equal(found.format, `nifti${raw.version}`);
        assert.deepEqual(found.shape, expected.shape);
        assert.equal(found.dtype, numpyNames[expected.dtype.slice(1)]);
        if (expected.zooms) assert.deepEqual(found.zooms, expected.zooms);
        assert.equal(found.slope, raw.scl_slope === 0 ? 1 : raw.scl_slope);
        assert.equal(found.inter, raw.scl_slope === 0 ? 0 : raw.scl_inter);
        assert.equal(found.nonFinite, expected.n_nonfinite);
        for (const key of ['mean', 'std', 'min', 'max'] as const) {
          assertClose(found[key], expected[key], 1e-12, key);
        }
        if (expected.affine) {
          expected.affine.flat().forEach((value, index) => {
            assertClose(found.affine?.flat()[index] ?? null, value, 1e-12, `affine[${index}]`);
          });
          assert.equal(found.extra.orientation, expected.axcodes);
          assert.deepEqual(Object.values(found.extra.units as object), expected.units);
        }
        await assertVoxels(path, expected);
      });
    }
  });
}

async function assertVoxels(path: string, expected: Expected): Promise<void> {
  const { header, data: values } = await readNifti(path);
  const shape = header.shape.slice(header.shape.length - expected.shape.length);
  for (const { index, value } of expected.voxels) {
    const flat = index.reduceRight((sum, position, axis) => sum * shape[axis] + position, 0);
    if (typeof value === 'string') assert.equal(String(values[flat]).toLowerCase(), value);
    else assertClose(values[flat], value, 1e-7, `voxel ${index}`);
  }
}

const bold = join(data, 'haxby2001/bids-25mm/sub-01/func/sub-01_task-objectviewing_run-01_bold.nii.gz');
test('a series is read voxel by voxel as the whole image has it', {
  skip: !existsSync(bold) && 'haxby2001 absent',
}, async () => {
  const series = await openSeries(bold);
  const { data: all } = await readNifti(bold);
  assert.equal(series.nVolumes, 121);
  assert.equal(series.tR, 2.5);
  const indices = new Uint32Array([0, 17, 599, 300]);
  const masked = await series.readMasked(indices);
  assert.equal(masked.length, 121 * 4);
  for (let volume = 0; volume < 121; volume += 1) {
    indices.forEach((index, column) => {
      assert.equal(masked[volume * 4 + column], all[volume * 600 + index]);
    });
  }
  const mean = await series.readMean();
  let sum = 0;
  for (let volume = 0; volume < 121; volume += 1) sum += all[volume * 600 + 300];
  assertClose(mean.data[300], sum / 121, 1e-6, 'mean');
  await assert.rejects(series.readMasked(indices, AbortSignal.abort()), { name: 'AbortError' });
  await assert.rejects(series.readMasked(new Uint32Array([600])), RangeError);
});
