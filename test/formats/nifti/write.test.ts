import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import * as niftiReader from 'nifti-reader-js';
import { qformParts } from '../../../src/main/formats/nifti/affine.ts';
import { readNifti } from '../../../src/main/formats/nifti/read.ts';
import { writeNifti } from '../../../src/main/formats/nifti/write.ts';
import { temporaryFolder } from '../temporary.ts';

/** A rotation with exactly orthogonal columns from Euler angles, times steps. */
function rotated(steps: [number, number, number]): Float64Array {
  const [a, b, c] = [0.3, -0.7, 1.1];
  const multiply = (x: number[], y: number[]): number[] =>
    x.map((_, i) => [0, 1, 2].reduce((sum, k) => sum + x[3 * Math.floor(i / 3) + k] * y[3 * k + (i % 3)], 0));
  const rx = [1, 0, 0, 0, Math.cos(a), -Math.sin(a), 0, Math.sin(a), Math.cos(a)];
  const ry = [Math.cos(b), 0, Math.sin(b), 0, 1, 0, -Math.sin(b), 0, Math.cos(b)];
  const rz = [Math.cos(c), -Math.sin(c), 0, Math.sin(c), Math.cos(c), 0, 0, 0, 1];
  const r = multiply(multiply(rx, ry), rz);
  const affine = new Float64Array(16);
  for (let row = 0; row < 3; row += 1) {
    for (let column = 0; column < 3; column += 1)
      affine[4 * row + column] = r[3 * row + column] * steps[column];
    affine[4 * row + 3] = 10 * row - 7;
  }
  affine[15] = 1;
  return affine;
}

const data = Float32Array.from({ length: 24 }, (_, index) => index / 7 - 1);

test('a written image reads back, compressed or not', async (t) => {
  const folder = await temporaryFolder(t);
  const grid = { shape: [2, 3, 2] as const, affine: rotated([-2, 2.5, 3]) };
  for (const name of ['a.nii', 'a.nii.gz']) {
    const path = join(folder, name);
    await writeNifti(path, {
      grid,
      data,
      nVolumes: 2,
      tR: 1.5,
      description: 'a test',
      intent: { code: 3, parameters: [42, 0, 0], name: 'faces' },
    });
    const { header, data: read } = await readNifti(path);
    assert.deepEqual(read, data);
    assert.deepEqual(header.shape, [2, 3, 2, 2]);
    assert.equal(header.tR, 1.5);
    assert.deepEqual(header.units, { space: 'mm', time: 'sec' });
    assert.equal(header.description, 'a test');
    assert.deepEqual(header.intent, { code: 3, parameters: [42, 0, 0], name: 'faces' });
    assert.deepEqual(header.zooms, [2, 2.5, 3, 1.5]);
    grid.affine.forEach((value, index) => {
      assert.ok(Math.abs(header.affine[index] - value) < 1e-5);
    });
  }
});

test('the qform says the same as the sform, in the eyes of another reader', async (t) => {
  const folder = await temporaryFolder(t);
  for (const steps of [
    [2, 2.5, 3],
    [-2, 2.5, 3],
    [2, 2.5, -3],
  ] as [number, number, number][]) {
    const affine = rotated(steps);
    const path = join(folder, 'q.nii.gz');
    await writeNifti(path, { grid: { shape: [2, 3, 4], affine }, data });
    const bytes = new Uint8Array(gunzipSync(await readFile(path)));
    assert.ok(niftiReader.isNIFTI(bytes.buffer));
    // nifti-reader-js takes the qform where the sform's code is lower: so it is made to look at the qform.
    new DataView(bytes.buffer).setInt16(254, 0, true);
    const header = niftiReader.readHeader(bytes.buffer);
    assert.deepEqual(header.dims.slice(0, 4), [3, 2, 3, 4]);
    assert.equal(header.qform_code, 1);
    header.affine.flat().forEach((value, index) => {
      assert.ok(Math.abs(value - affine[index]) < 1e-4, `${index}: ${value} ${affine[index]}`);
    });
    const voxels = new Float32Array(niftiReader.readImage(header, bytes.buffer).slice(0));
    assert.deepEqual(voxels, data);
  }
});

test('an affine with shears has no qform', () => {
  const affine = rotated([1, 1, 1]);
  assert.equal(qformParts(affine).exact, true);
  affine[1] += 0.5;
  assert.equal(qformParts(affine).exact, false);
});

test('integers keep their type, and scaling is for the reader to apply', async (t) => {
  const path = join(await temporaryFolder(t), 'i.nii.gz');
  const stored = Int16Array.from({ length: 24 }, (_, index) => index - 12);
  const grid = { shape: [2, 3, 4] as const, affine: rotated([2, 2, 2]) };
  await writeNifti(path, { grid, data: stored, scale: { slope: 0.5, inter: 10 } });
  const { header, data: read } = await readNifti(path);
  assert.equal(header.datatype.name, 'int16');
  assert.deepEqual(
    Array.from(read),
    Array.from(stored, (value) => value * 0.5 + 10),
  );
  await assert.rejects(writeNifti(path, { grid, data: stored.subarray(1) }), RangeError);
});

test('the same image gives the same bytes', async (t) => {
  const folder = await temporaryFolder(t);
  const grid = { shape: [2, 3, 4] as const, affine: rotated([2, 2, 2]) };
  await writeNifti(join(folder, 'a.nii.gz'), { grid, data });
  await writeNifti(join(folder, 'b.nii.gz'), { grid, data });
  assert.deepEqual(await readFile(join(folder, 'a.nii.gz')), await readFile(join(folder, 'b.nii.gz')));
});
