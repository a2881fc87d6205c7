import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { npyHeader, writeNpyFile } from '../../../src/main/formats/npy/npy.ts';
import { type MapFile, openNpyRows } from '../../../src/main/formats/npy/rows.ts';
import { temporaryFolder } from '../temporary.ts';

const shape = [7, 5, 3];
const values = Uint8Array.from({ length: 105 }, (_, index) => (index * 37) % 256);
const refuse: MapFile = () => Promise.reject(new Error('External buffers are not allowed'));

async function sampleFile(t: Parameters<typeof temporaryFolder>[0]): Promise<string> {
  const path = join(await temporaryFolder(t), 'rows.npy');
  await writeNpyFile(path, { shape, data: values });
  return path;
}

for (const [how, map] of [
  ['mapped', undefined],
  ['read', refuse],
] as const) {
  test(`rows are those of the array (${how})`, async (t) => {
    const rows = await openNpyRows(await sampleFile(t), map);
    assert.equal(rows.whyNotMapped, map ? 'External buffers are not allowed' : null);
    assert.deepEqual(rows.shape, shape);
    const kept = Array.from({ length: 7 }, (_, index) => rows.row(index));
    kept.forEach((row, index) => {
      assert.deepEqual(Uint8Array.from(row), values.slice(index * 15, (index + 1) * 15));
    });
    for (const index of [-1, 7, 0.5]) assert.throws(() => rows.row(index), RangeError);
    rows.close();
    rows.close();
    assert.throws(() => rows.row(0), /closed/);
  });
}

test('after closing, views of the mapping are empty instead of dangerous', async (t) => {
  const rows = await openNpyRows(await sampleFile(t));
  const row = rows.row(3);
  assert.equal(row.length, 15);
  rows.close();
  assert.equal(row.length, 0);
  assert.equal(row[0], undefined);
});

test('a file of 10 GB costs address space, not memory', async (t) => {
  const path = join(await temporaryFolder(t), 'large.npy');
  const [size, count] = [128, 218_454];
  const rowBytes = size * size * 3;
  const header = npyHeader([count, size, size, 3], '|u1', 128);
  const descriptor = openSync(path, 'w');
  writeSync(descriptor, header);
  const last = new Uint8Array(rowBytes).fill(201);
  writeSync(descriptor, last, 0, rowBytes, 128 + (count - 1) * rowBytes);
  closeSync(descriptor);
  assert.ok(128 + count * rowBytes > 10 * 2 ** 30);
  const before = process.memoryUsage().rss;
  const rows = await openNpyRows(path);
  t.after(() => rows.close());
  assert.equal(rows.whyNotMapped, null, 'mapping works here');
  let sum = 0;
  for (const index of [0, 1, count >> 1, count - 2, count - 1])
    for (const byte of rows.row(index)) sum += byte;
  assert.equal(sum, 201 * rowBytes);
  const growth = process.memoryUsage().rss - before;
  assert.ok(growth < 100e6, `resident memory grew by ${growth} bytes`);
});

test('an array that nothing reaches any more is given back by itself', async (t) => {
  const path = await sampleFile(t);
  if (process.platform !== 'linux') return t.skip('only Linux lists the mappings of a process');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const mapped = async () => (await readFile('/proc/self/maps', 'utf8')).includes(path);
  await (async () => (await openNpyRows(path)).row(2).length)();
  assert.ok(await mapped());
  for (let turn = 0; turn < 50 && (await mapped()); turn++) {
    collect();
    await wait(10);
  }
  assert.equal(await mapped(), false);
});

test('an array of another type, and a file shorter than its header says, are refused', async (t) => {
  const folder = await temporaryFolder(t);
  const floats = join(folder, 'floats.npy');
  await writeNpyFile(floats, { shape: [2], data: Float32Array.of(1, 2) });
  await assert.rejects(openNpyRows(floats), { code: 'NPY_INVALID', file: floats });
  const cut = await sampleFile(t);
  truncateSync(cut, 200);
  await assert.rejects(openNpyRows(cut), { code: 'NPY_INVALID', file: cut });
  const lying = join(folder, 'lying.npy');
  await writeFile(lying, npyHeader([2 ** 40, 128, 128, 3], '|u1'));
  await assert.rejects(openNpyRows(lying), { code: 'NPY_INVALID' });
});

test('a header takes the room that was kept for it, and reads the same', async (t) => {
  const path = join(await temporaryFolder(t), 'wide.npy');
  await writeFile(path, Buffer.concat([npyHeader(shape, '|u1', 256), values]));
  const rows = await openNpyRows(path);
  const digest = createHash('sha256');
  for (let index = 0; index < 7; index++) digest.update(rows.row(index));
  assert.equal(digest.digest('hex'), createHash('sha256').update(values).digest('hex'));
  rows.close();
  assert.throws(() => npyHeader(shape, '|u1', 64), RangeError);
});
