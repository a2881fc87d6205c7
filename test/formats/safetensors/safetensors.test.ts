import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  readSafetensors,
  readSafetensorsFile,
  readSafetensorsHeader,
  writeSafetensors,
  writeSafetensorsFile,
} from '../../../src/main/formats/safetensors/safetensors.ts';
import { temporaryFolder } from '../temporary.ts';

/** A file put together by hand after the format's description. */
function byHand(header: unknown, data: Uint8Array): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

const arrays = {
  'b/weights': { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6.5) },
  mask: { shape: [3], data: Uint8Array.of(1, 0, 1) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
  scalar: { shape: [], data: Float64Array.of(Math.PI) },
};

test('arrays and metadata survive, in memory and in a file', async (t) => {
  const metadata = { kind: 'vaegan', note: 'ä' };
  const bytes = writeSafetensors(arrays, metadata);
  assert.deepEqual(readSafetensors(bytes), { arrays, metadata });
  const path = join(await temporaryFolder(t), 'a.safetensors');
  await writeSafetensorsFile(path, arrays, metadata);
  assert.deepEqual(await readSafetensorsFile(path), { arrays, metadata });
  assert.deepEqual((await readSafetensorsFile(path, ['mask'])).arrays, { mask: arrays.mask });
  await assert.rejects(readSafetensorsFile(path, ['none']), { code: 'SAFETENSORS_INVALID' });
  const { entries } = await readSafetensorsHeader(path);
  assert.deepEqual(
    entries.map(({ name, dtype }) => [name, dtype]),
    [
      ['scalar', 'F64'],
      ['b/weights', 'F32'],
      ['empty', 'F32'],
      ['mask', 'U8'],
    ].sort(
      (a, b) =>
        entries.findIndex(({ name }) => name === a[0]) - entries.findIndex(({ name }) => name === b[0]),
    ),
  );
});

test('the bytes do not depend on the order of the arrays', () => {
  const reversed = Object.fromEntries(Object.entries(arrays).reverse());
  assert.deepEqual(writeSafetensors(arrays), writeSafetensors(reversed));
});

test('half precision and int64 are widened', () => {
  const data = new Uint8Array(16);
  const view = new DataView(data.buffer);
  view.setUint16(0, 0x3e00, true); // float16 1.5
  view.setUint16(2, 0xfbff, true); // float16 -65504
  view.setUint16(4, 0x3fc0, true); // bfloat16 1.5
  view.setUint16(6, 0xff80, true); // bfloat16 -infinity
  view.setBigInt64(8, -5n, true);
  const file = byHand(
    {
      h: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
      b: { dtype: 'BF16', shape: [2], data_offsets: [4, 8] },
      i: { dtype: 'I64', shape: [1], data_offsets: [8, 16] },
    },
    data,
  );
  const { arrays: read } = readSafetensors(file);
  assert.deepEqual(Array.from(read.h.data), [1.5, -65504]);
  assert.deepEqual(Array.from(read.b.data), [1.5, Number.NEGATIVE_INFINITY]);
  assert.deepEqual(Array.from(read.i.data), [-5]);
});

test('headers that lie are refused', async (t) => {
  const folder = await temporaryFolder(t);
  const four = new Uint8Array(4);
  const entry = (part: object): object => ({ a: { dtype: 'U8', shape: [4], data_offsets: [0, 4], ...part } });
  const lies: [string, Uint8Array][] = [
    ['no length', new Uint8Array(3)],
    ['length beyond the file', Uint8Array.of(255, 255, 255, 0, 0, 0, 0, 0, 123, 125)],
    ['not JSON', byHand('{oops', four)],
    ['not an object', byHand([1], four)],
    ['unknown type', byHand(entry({ dtype: 'Q4' }), four)],
    ['inherited name', byHand(entry({ dtype: 'constructor' }), four)],
    ['wrong size', byHand(entry({ shape: [5] }), four)],
    ['negative shape', byHand(entry({ shape: [-2, -2] }), four)],
    ['ends behind the file', byHand(entry({ shape: [8], data_offsets: [0, 8] }), four)],
    ['bytes left over', byHand(entry({ shape: [3], data_offsets: [0, 3] }), four)],
    ['gap', byHand(entry({ shape: [3], data_offsets: [1, 4] }), four)],
    ['overlap', byHand({ ...entry({}), b: { dtype: 'U8', shape: [2], data_offsets: [2, 4] } }, four)],
    ['metadata not text', byHand({ __metadata__: { a: 1 }, ...entry({}) }, four)],
  ];
  for (const [what, bytes] of lies) {
    assert.throws(() => readSafetensors(bytes), { code: 'SAFETENSORS_INVALID' }, what);
    const path = join(folder, 'a.safetensors');
    await writeFile(path, bytes);
    await assert.rejects(readSafetensorsFile(path), { code: 'SAFETENSORS_INVALID', file: path }, what);
  }
  assert.throws(() => writeSafetensors({ a: { shape: [3], data: four } }), RangeError);
});
