import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readNifti, readNiftiHeader, readVolume } from '../../../src/main/formats/nifti/read.ts';
import { openSeries } from '../../../src/main/formats/nifti/series.ts';
import { temporaryFolder } from '../temporary.ts';
import { niftiFile, niftiHeader, type SyntheticNifti } from './synthetic.ts';

type Put = (view: DataView, index: number, little: boolean) => void;

/** Values 3, -2 (where the type has a sign) and 100 in every type. */
const types: [string, number, number, Put, number[]][] = [
  ['uint8', 2, 1, (v, i) => v.setUint8(i, [3, 2, 200][i % 3]), [3, 2, 200]],
  ['int8', 256, 1, (v, i) => v.setInt8(i, [3, -2, 100][i % 3]), [3, -2, 100]],
  ['uint16', 512, 2, (v, i, l) => v.setUint16(2 * i, [3, 2, 60000][i % 3], l), [3, 2, 60000]],
  ['int16', 4, 2, (v, i, l) => v.setInt16(2 * i, [3, -2, 30000][i % 3], l), [3, -2, 30000]],
  ['uint32', 768, 4, (v, i, l) => v.setUint32(4 * i, [3, 2, 4e9][i % 3], l), [3, 2, 4e9]],
  ['int32', 8, 4, (v, i, l) => v.setInt32(4 * i, [3, -2, 2 ** 30 + 1][i % 3], l), [3, -2, 2 ** 30 + 1]],
  [
    'uint64',
    1280,
    8,
    (v, i, l) => v.setBigUint64(8 * i, [3n, 2n, 2n ** 53n - 1n][i % 3], l),
    [3, 2, 2 ** 53 - 1],
  ],
  [
    'int64',
    1024,
    8,
    (v, i, l) => v.setBigInt64(8 * i, [3n, -2n, 2n ** 40n + 1n][i % 3], l),
    [3, -2, 2 ** 40 + 1],
  ],
  ['float32', 16, 4, (v, i, l) => v.setFloat32(4 * i, [3, -2.5, 100.25][i % 3], l), [3, -2.5, 100.25]],
  ['float64', 64, 8, (v, i, l) => v.setFloat64(8 * i, [3, -2.1, 1e-300][i % 3], l), [3, -2.1, 1e-300]],
];

for (const version of [1, 2] as const) {
  for (const little of [true, false]) {
    test(`NIfTI-${version}, ${little ? 'little' : 'big'} endian: every type`, async (t) => {
      const folder = await temporaryFolder(t);
      for (const [name, datatype, bytes, put, expected] of types) {
        const voxels = new Uint8Array(8 * bytes);
        const view = new DataView(voxels.buffer);
        for (let index = 0; index < 8; index += 1) put(view, index, little);
        const path = join(folder, `${name}.nii`);
        await writeFile(path, niftiFile({ version, little, datatype, voxels }));
        const { header, data } = await readNifti(path);
        assert.equal(header.datatype.name, name);
        assert.equal(header.format, `nifti${version}`);
        assert.equal(header.byteOrder, little ? 'little' : 'big');
        assert.deepEqual(
          Array.from(data),
          Array.from({ length: 8 }, (_, index) => expected[index % 3]),
          name,
        );
      }
    });
  }
}

async function write(folder: string, options: SyntheticNifti, name = 'x.nii'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, niftiFile(options));
  return path;
}

test('types that hold no single number are refused', async (t) => {
  const folder = await temporaryFolder(t);
  for (const datatype of [0, 1, 32, 128, 1536, 1792, 2048, 2304, 77]) {
    await assert.rejects(readNifti(await write(folder, { datatype })), { code: 'NIFTI_DTYPE_UNSUPPORTED' });
  }
});

test('scaling follows nibabel: none for a slope of zero or NaN', async (t) => {
  const folder = await temporaryFolder(t);
  const voxels = new Uint8Array(8).fill(10);
  const values = async (slope: number, inter: number) =>
    (await readVolume(await write(folder, { slope, inter, voxels }))).data[0];
  assert.equal(await values(0.5, 3), 8);
  assert.equal(await values(0, 3), 10);
  assert.equal(await values(Number.NaN, 3), 10);
  await assert.rejects(values(2, Number.NaN), { code: 'NIFTI_BAD_HEADER' });
});

test('the affine is the sform, else the qform, else the base affine', async (t) => {
  const folder = await temporaryFolder(t);
  const sform = { code: 1, rows: [2, 0, 0, 5, 0, 2, 0, 6, 0, 0, 2, 7] };
  // Half a turn about z, left-handed.
  const qform = { code: 1, quaternion: [0, 0, 1], offset: [10, 20, 30] };
  const pixdim = [-1, 2, 3, 4, 0, 0, 0, 0];
  for (const version of [1, 2] as const) {
    const affine = async (options: SyntheticNifti): Promise<number[]> =>
      // Adding 0 turns -0 into 0.
      Array.from(
        (await readNiftiHeader(await write(folder, { version, pixdim, ...options }))).affine,
        (value) => value + 0,
      );
    assert.deepEqual(await affine({ sform, qform }), [2, 0, 0, 5, 0, 2, 0, 6, 0, 0, 2, 7, 0, 0, 0, 1]);
    assert.deepEqual(
      await affine({ qform, sform: { ...sform, code: 0 } }),
      [-2, 0, 0, 10, 0, -3, 0, 20, 0, 0, -4, 30, 0, 0, 0, 1],
    );
    // nibabel's get_base_affine: zooms 2, 3, 4 and a shape of 2, 2, 2.
    assert.deepEqual(await affine({}), [-2, 0, 0, 1, 0, 3, 0, -1.5, 0, 0, 4, -2, 0, 0, 0, 1]);
    await assert.rejects(affine({ qform: { ...qform, quaternion: [0.5, 0, 1] } }), {
      code: 'NIFTI_BAD_HEADER',
    });
    await assert.rejects(affine({ sform: { code: 1, rows: [Number.NaN] } }), { code: 'NIFTI_BAD_HEADER' });
  }
});

test('time units turn into seconds', async (t) => {
  const folder = await temporaryFolder(t);
  const tR = async (step: number, units: number): Promise<number | null> =>
    (
      await readNiftiHeader(
        await write(folder, { dim: [4, 2, 2, 1, 2, 1, 1, 1], pixdim: [1, 1, 1, 1, step, 0, 0, 0], units }),
      )
    ).tR;
  assert.equal(await tR(2, 10), 2);
  assert.equal(await tR(2000, 18), 2);
  assert.equal(await tR(2e6, 26), 2);
  assert.equal(await tR(2, 2), 2);
  assert.equal(await tR(2, 34), null);
  assert.equal(await tR(0, 10), null);
});

test('pairs open by either name, compressed or not', async (t) => {
  const folder = await temporaryFolder(t);
  const header = niftiHeader({ singleFile: false });
  const voxels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  await writeFile(join(folder, 'a.hdr'), header);
  await writeFile(join(folder, 'a.img'), voxels);
  await writeFile(join(folder, 'b.hdr.gz'), gzipSync(header));
  await writeFile(join(folder, 'b.img.gz'), gzipSync(voxels));
  for (const name of ['a.hdr', 'a.img', 'b.hdr.gz', 'b.img.gz']) {
    assert.deepEqual(Array.from((await readVolume(join(folder, name))).data), [1, 2, 3, 4, 5, 6, 7, 8], name);
  }
  await writeFile(join(folder, 'c.hdr'), header);
  await assert.rejects(readVolume(join(folder, 'c.hdr')), { code: 'FILE_NOT_FOUND' });
});

test('gzip is told by content, and trailing zeros do no harm', async (t) => {
  const folder = await temporaryFolder(t);
  const file = niftiFile({ voxels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0) });
  await writeFile(join(folder, 'plain.nii.gz'), file);
  await writeFile(join(folder, 'compressed.nii'), gzipSync(file));
  for (const name of ['plain.nii.gz', 'compressed.nii']) {
    assert.equal((await readVolume(join(folder, name))).data[7], 8, name);
  }
});

test('what is no NIfTI file, or not all of one, is refused by name', async (t) => {
  const folder = await temporaryFolder(t);
  const refuse = async (name: string, bytes: Uint8Array, code: string): Promise<void> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    await assert.rejects(readNifti(path), { code, file: path }, name);
  };
  const good = niftiFile({});
  await refuse('text.nii', new TextEncoder().encode('not an image'), 'NIFTI_BAD_MAGIC');
  await refuse('short.nii', good.slice(0, 200), 'NIFTI_TRUNCATED');
  await refuse('cut.nii', good.slice(0, -1), 'NIFTI_TRUNCATED');
  await refuse('cut.nii.gz', gzipSync(good.slice(0, -1)), 'NIFTI_TRUNCATED');
  const analyze = good.slice();
  analyze.fill(0, 344, 348);
  await refuse('analyze.nii', analyze, 'NIFTI_BAD_MAGIC');
  await refuse('zero.nii', niftiFile({ dim: [0, 1, 1, 1, 1, 1, 1, 1] }), 'NIFTI_BAD_DIMENSIONS');
  await refuse('eight.nii', niftiFile({ dim: [8, 1, 1, 1, 1, 1, 1, 1] }), 'NIFTI_BAD_DIMENSIONS');
  await refuse('negative.nii', niftiFile({ dim: [3, 2, -2, 2, 1, 1, 1, 1] }), 'NIFTI_BAD_DIMENSIONS');
  const huge = [7, 32767, 32767, 32767, 32767, 32767, 32767, 32767];
  await refuse('huge.nii', niftiFile({ dim: huge }), 'NIFTI_BAD_DIMENSIONS');
  // A terabyte promised by a few bytes: refused before anything is allocated.
  const large = niftiFile({ dim: [4, 10000, 10000, 10000, 1, 1, 1, 1] });
  await refuse('large.nii', large, 'NIFTI_TRUNCATED');
  await refuse('large.nii.gz', gzipSync(large), 'NIFTI_TRUNCATED');
  await refuse('offset.nii', niftiFile({ offset: Number.NaN }), 'NIFTI_BAD_HEADER');

  const noise = Uint8Array.from({ length: 8 }, (_, index) => index * 31);
  const compressed = gzipSync(niftiFile({ voxels: noise }));
  await refuse('half.nii.gz', compressed.subarray(0, compressed.length - 12), 'GZIP_CORRUPT');
  const flipped = Uint8Array.from(compressed);
  flipped[flipped.length - 6] ^= 0xff; // in the checksum
  await refuse('checksum.nii.gz', flipped, 'GZIP_CORRUPT');
});

test('volumes and series are told apart', async (t) => {
  const folder = await temporaryFolder(t);
  const four = await write(folder, { dim: [4, 2, 2, 1, 2, 1, 1, 1] }, 'four.nii');
  const single = await write(folder, { dim: [4, 2, 2, 2, 1, 1, 1, 1] }, 'single.nii');
  const five = await write(folder, { dim: [5, 2, 1, 1, 2, 2, 1, 1] }, 'five.nii');
  await assert.rejects(readVolume(four), { code: 'NIFTI_NOT_3D' });
  assert.deepEqual((await readVolume(single)).grid.shape, [2, 2, 2]);
  assert.equal((await openSeries(four)).nVolumes, 2);
  assert.equal((await openSeries(single)).nVolumes, 1);
  await assert.rejects(openSeries(five), { code: 'NIFTI_NOT_4D' });
});

test('sform and qform that disagree are told apart; the sform is used', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'forms.nii');
  const sform = { code: 1, rows: [1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7] };
  const open = async (qformX: number) => {
    const qform = { code: 1, quaternion: [0, 0, 0], offset: [qformX, 6, 7] };
    await writeFile(path, niftiFile({ pixdim: [1, 1, 1, 1, 0, 0, 0, 0], sform, qform }));
    return readNiftiHeader(path);
  };
  assert.equal((await open(5)).formsApart, 0);
  const apart = await open(9);
  assert.equal(apart.formsApart, 4);
  assert.equal(apart.affine[3], 5);
  await writeFile(path, niftiFile({ sform }));
  assert.equal((await readNiftiHeader(path)).formsApart, null);
});

test('a gzip file without content is empty', async (t) => {
  const path = join(await temporaryFolder(t), 'x.nii.gz');
  await writeFile(path, gzipSync(new Uint8Array(0)));
  await assert.rejects(readNifti(path), { code: 'FILE_EMPTY', file: path });
});
