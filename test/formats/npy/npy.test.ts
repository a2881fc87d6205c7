import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readNpy, readNpyFile, writeNpy, writeNpyFile } from '../../../src/main/formats/npy/npy.ts';
import { temporaryFolder } from '../temporary.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/formats');
const counting = Array.from({ length: 24 }, (_, index) => index);

test('arrays that numpy wrote', async () => {
  const read = async (name: string) => {
    const { shape, data, dtype } = await readNpyFile(join(fixtures, `${name}.npy`));
    return { shape, values: Array.from(data), dtype };
  };
  assert.deepEqual(await read('c-float64'), { shape: [2, 3, 4], values: counting, dtype: 'float64' });
  assert.deepEqual(await read('fortran-big-int16'), { shape: [2, 3, 4], values: counting, dtype: 'int16' });
  assert.deepEqual(await read('bool'), { shape: [3], values: [1, 0, 1], dtype: 'bool' });
  assert.deepEqual(await read('int64-scalar'), { shape: [], values: [-(2 ** 40)], dtype: 'int64' });
  const halves = [1.5, -0.25, 65504, 2 ** -24, Number.POSITIVE_INFINITY];
  assert.deepEqual(await read('float16'), { shape: [5], values: halves, dtype: 'float16' });
  assert.deepEqual(await read('version2-float32'), { shape: [2, 2], values: [1, 2, 3, 4], dtype: 'float32' });
  await assert.rejects(read('complex'), { code: 'NPY_INVALID', message: /<c16/ });
});

test('every type survives writing and reading', async (t) => {
  const path = join(await temporaryFolder(t), 'a.npy');
  const types = [
    Float64Array,
    Float32Array,
    Int32Array,
    Uint32Array,
    Int16Array,
    Uint16Array,
    Int8Array,
    Uint8Array,
  ];
  for (const type of types) {
    const data = type.from([1, 2, 100]);
    await writeNpyFile(path, { shape: [3, 1], data });
    const read = await readNpyFile(path);
    assert.deepEqual(read.data, data);
    assert.deepEqual(read.shape, [3, 1]);
    assert.deepEqual(readNpy(writeNpy({ shape: [3, 1], data })), read);
  }
  assert.equal(writeNpy({ shape: [3], data: new Uint8Array(3) }).length % 64, 3);
});

test('damaged arrays are refused', async (t) => {
  const path = join(await temporaryFolder(t), 'x.npy');
  const good = writeNpy({ shape: [3], data: new Float32Array(3) });
  const refuse = async (bytes: Uint8Array): Promise<void> => {
    assert.throws(() => readNpy(bytes, 'x.npy'), { code: 'NPY_INVALID', file: 'x.npy' });
    await writeFile(path, bytes);
    await assert.rejects(readNpyFile(path), { code: 'NPY_INVALID', file: path });
  };
  await refuse(good.subarray(0, good.length - 1));
  await refuse(good.subarray(0, 40));
  await refuse(good.subarray(0, 5));
  await refuse(Uint8Array.from(good, (byte, index) => (index === 0 ? 0 : byte)));
  await refuse(Uint8Array.from(good, (byte, index) => (index === 6 ? 9 : byte)));
});
