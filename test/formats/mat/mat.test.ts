import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import { toColumnMajor, toRowMajor } from '../../../src/main/formats/axis-order.ts';
import { Mat73File } from '../../../src/main/formats/mat/hdf5.ts';
import { largestVariableBytes, writeMatFile } from '../../../src/main/formats/mat/level5-write.ts';
import { openMat } from '../../../src/main/formats/mat/open-mat.ts';
import { listMat, readMat } from '../../../src/main/formats/mat/read-mat.ts';
import type { Region } from '../../../src/main/formats/mat/region.ts';
import { type MatValue, numericVariable, textsOf } from '../../../src/main/formats/mat/values.ts';
import { temporaryFolder } from '../temporary.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'mat');
const fixture = (name: string) => join(fixtures, name);

function numbers(value: MatValue | undefined) {
  assert.equal(value?.kind, 'numeric');
  const { className, shape, data } = value;
  return { className, shape, data: Array.from(data) };
}

const latent = Array.from({ length: 12 }, (_, at) => 10 * Math.floor(at / 4) + (at % 4));

describe('what scipy and h5py wrote', () => {
  for (const name of ['level5.mat', 'level5-compressed.mat', 'level73.mat']) {
    it(`${name}: classes, orders of axes, texts, cells, and what is not read`, async () => {
      const variables = await readMat(fixture(name));
      const value = (key: string) => variables.get(key);
      // The script that made the files sets element (i, j) to 10 i + j.
      assert.deepEqual(numbers(value('latent')), { className: 'single', shape: [3, 4], data: latent });
      assert.deepEqual(
        numbers(value('cube')).data,
        Array.from({ length: 24 }, (_, at) => at),
      );
      assert.deepEqual(numbers(value('cube')).shape, [2, 3, 4]);
      const integers = { int8: 7, int16: 15, int32: 31, uint8: 8, uint16: 16, uint32: 32 };
      for (const [className, bits] of Object.entries(integers)) {
        const signed = className.startsWith('i');
        const data = [signed ? -(2 ** bits) : 0, 2 ** bits - 1];
        assert.deepEqual(numbers(value(className)), { className, shape: [1, 2], data });
      }
      assert.deepEqual(numbers(value('int64')).data, [-(2 ** 53), 2 ** 53]);
      assert.deepEqual(numbers(value('uint64')), { className: 'uint64', shape: [1, 2], data: [0, 2 ** 53] });
      // scipy stores booleans as uint8 with a flag.
      assert.deepEqual(numbers(value('flags')), { className: 'logical', shape: [1, 3], data: [1, 0, 1] });
      assert.deepEqual(value('text'), { kind: 'text', rows: ['codes of 3 faces'] });
      assert.deepEqual(value('rows'), { kind: 'text', rows: ['abc', 'de '] });
      assert.deepEqual(textsOf(value('texts')), ['f1.jpg', 'm2.jpg', '', 'é.jpg']);
      assert.deepEqual(numbers(value('nothing')), { className: 'double', shape: [0, 3], data: [] });
      for (const [key, what] of [
        ['sparse', 'a sparse matrix'],
        ['record', 'a struct'],
        ['imaginary', 'complex'],
      ]) {
        assert.deepEqual(value(key), { kind: 'unsupported', what });
        assert.throws(() => numericVariable(variables, key, name), { code: 'MAT_UNSUPPORTED' });
      }
      assert.throws(() => numericVariable(variables, 'codes', name), {
        code: 'MAT_VARIABLE_MISSING',
        message: /no variable "codes" \(it has: .*latent/,
      });
      assert.deepEqual([...(await readMat(fixture(name), ['latent', 'none'])).keys()], ['latent']);
      const listed = (await listMat(fixture(name))).find((one) => one.name === 'cube');
      assert.deepEqual(listed, { name: 'cube', className: 'double', shape: [2, 3, 4] });
    });
  }

  it('HDF5 without classes: numbers without axes, big-endian, fields of structs', async () => {
    const variables = await readMat(fixture('level73.mat'));
    assert.deepEqual(numbers(variables.get('scalar')).data, [2.5]);
    assert.deepEqual(numbers(variables.get('big')), { className: null, shape: [3], data: [0, 1, 2] });
    assert.deepEqual(numbers(variables.get('record/a')).data, [1]);
    assert.deepEqual(variables.get('record/b'), { kind: 'text', rows: ['two'] });
    assert.deepEqual(variables.get('string'), { kind: 'unsupported', what: 'of the class string' });
    const [listed] = await listMat(fixture('python.h5.mat'));
    assert.deepEqual(listed, { name: 'latent', className: null, shape: [4, 3] });
  });
});

describe('what MATLAB itself wrote (from the tests of scipy)', () => {
  it('both byte orders, compressed and not, 7.3', async () => {
    for (const name of ['test3dmatrix_6.1_SOL2.mat', 'test3dmatrix_7.4_GLNX86.mat']) {
      const { shape, data } = numbers((await readMat(fixture(name))).get('test3dmatrix'));
      assert.deepEqual(shape, [2, 3, 4]);
      // reshape(1:24, 2, 3, 4): element (i, j, k), zero-based, is 1 + i + 2 j + 6 k.
      assert.deepEqual(
        data,
        Array.from(
          { length: 24 },
          (_, at) => 1 + Math.floor(at / 12) + 2 * (Math.floor(at / 4) % 3) + 6 * (at % 4),
        ),
      );
    }
    const { data } = numbers((await readMat(fixture('testhdf5_7.4_GLNX86.mat'))).get('testdouble'));
    assert.deepEqual(
      data,
      Array.from({ length: 9 }, (_, at) => (at * Math.PI) / 4),
    );
  });

  it('numbers stored in a smaller type, booleans, texts, cells within cells', async () => {
    const value = async (file: string, name: string) => (await readMat(fixture(file))).get(name);
    const bool = numbers(await value('testbool_8_WIN64.mat', 'testbools'));
    assert.deepEqual(bool, { className: 'logical', shape: [2, 1], data: [1, 0] });
    const texts = await value('teststringarray_7.4_GLNX86.mat', 'teststringarray');
    assert.deepEqual(textsOf(texts), ['one  ', 'two  ', 'three']);
    const unicode = textsOf(await value('testunicode_7.4_GLNX86.mat', 'testunicode'));
    assert.match(unicode?.[0] ?? '', /^Japanese: /);
    const empty = await value('testemptycell_7.4_GLNX86.mat', 'testemptycell');
    assert.equal(empty?.kind, 'cell');
    assert.deepEqual(
      empty.cells.map((cell) => numbers(cell).data),
      [[1], [2], [], [], [3]],
    );
    const nested = await value('testcellnest_7.4_GLNX86.mat', 'testcellnest');
    assert.equal(
      nested?.kind === 'cell' && nested.cells[1].kind === 'cell' && nested.cells[1].cells.length,
      3,
    );
    for (const [file, what] of [
      ['testobject_7.4_GLNX86.mat', 'an object'],
      ['testfunc_7.4_GLNX86.mat', 'a function handle'],
      ['parabola.mat', 'a function handle'],
    ]) {
      assert.deepEqual([...(await readMat(fixture(file))).values()], [{ kind: 'unsupported', what }]);
    }
  });

  it('refuses damage by its checksum, and Level 4 by its name', async () => {
    for (const name of ['corrupted_zlib_checksum.mat', 'corrupted_zlib_data.mat']) {
      await assert.rejects(readMat(fixture(name)), { code: 'MAT_INVALID' });
    }
    await assert.rejects(readMat(fixture('testmatrix_4.2c_SOL2.mat')), {
      code: 'MAT_UNSUPPORTED',
      message: /Level 4/,
    });
  });
});

describe('regions of 7.3', () => {
  it('are what the same part of the whole is, in chunks or not', async () => {
    const file = await Mat73File.open(fixture('level73.mat'));
    try {
      const part = numbers(
        file.read('latent', [
          [1, 3],
          [1, 4],
        ]),
      );
      assert.deepEqual(
        [part.shape, part.data],
        [
          [2, 3],
          [11, 12, 13, 21, 22, 23],
        ],
      );
      const plane = numbers(file.read('cube', [null, [1, 2], null]));
      assert.deepEqual(
        [plane.shape, plane.data],
        [
          [2, 1, 4],
          [4, 5, 6, 7, 16, 17, 18, 19],
        ],
      );
      assert.deepEqual(numbers(file.read('latent', [[2, 2], null])).data, []);
      assert.throws(() => file.read('latent', [[0, 4], null]), RangeError);
      assert.throws(() => file.read('latent', [null]), RangeError);
      assert.throws(() => file.read('other'), { code: 'MAT_VARIABLE_MISSING' });
    } finally {
      file.close();
    }
  });
});

describe('parts of either version', () => {
  it('are the same', async () => {
    for (const name of ['level5-compressed.mat', 'level73.mat']) {
      const file = await openMat(fixture(name));
      const part = async (variable: string, region: Region) => {
        const { shape, data } = numbers(await file.read(variable, region));
        return [shape, data];
      };
      assert.deepEqual(file.variables.get('latent')?.shape, [3, 4]);
      assert.deepEqual(
        await part('cube', [
          [1, 2],
          [0, 2],
          [2, 4],
        ]),
        [
          [1, 2, 2],
          [14, 15, 18, 19],
        ],
      );
      assert.deepEqual(await part('latent', [null, [3, 4]]), [
        [3, 1],
        [3, 13, 23],
      ]);
      assert.deepEqual(await part('latent', [[1, 1], null]), [[0, 4], []]);
      await assert.rejects(file.read('latent', [[0, 4], null]), RangeError);
      await assert.rejects(file.read('codes'), { code: 'MAT_VARIABLE_MISSING' });
      file.close();
    }
  });
});

describe('orders of axes', () => {
  it('element by element, over the borders of tiles, and back', () => {
    for (const shape of [[3, 70], [65, 33], [2, 3, 4, 5], [40, 1, 3, 37], [1, 5], [4, 0, 2], []]) {
      const size = shape.reduce((product, length) => product * length, 1);
      const columnMajor = Int32Array.from({ length: size }, (_, at) => at);
      const rowMajor = toRowMajor(columnMajor, shape);
      for (let at = 0; at < size; at++) {
        let [rest, from] = [at, 0];
        const index = shape.toReversed().map((length) => {
          const here = rest % length;
          rest = Math.floor(rest / length);
          return here;
        });
        for (const [axis, here] of index.entries()) from = from * shape[shape.length - 1 - axis] + here;
        assert.equal(rowMajor[at], from, shape.join());
      }
      assert.deepEqual(toColumnMajor(rowMajor, shape), columnMajor);
    }
  });
});

describe('writing', () => {
  it('gives back what went in, in every type', async (t) => {
    const path = join(await temporaryFolder(t), 'out.mat');
    const cube = Float64Array.from({ length: 24 }, (_, at) => at / 3);
    await writeMatFile(path, {
      cube: { shape: [2, 3, 4], data: cube },
      row: { shape: [1, 3], data: Float32Array.of(1, Number.NaN, -0) },
      vector: { shape: [3], data: Int16Array.of(-1, 2, 3) },
      scalar: { shape: [], data: Uint8Array.of(200) },
      nothing: { shape: [0, 4], data: Int32Array.of() },
      columns: { shape: [2, 2], data: Uint32Array.of(1, 2, 3, 4), order: 'column-major' },
      names: ['a/1.png', '', 'ü😀.png'],
      model: 'paper',
    });
    const back = await readMat(path);
    assert.deepEqual(numbers(back.get('cube')), {
      className: 'double',
      shape: [2, 3, 4],
      data: Array.from(cube),
    });
    assert.deepEqual(numbers(back.get('row')), {
      className: 'single',
      shape: [1, 3],
      data: [1, Number.NaN, -0],
    });
    assert.deepEqual(numbers(back.get('vector')), { className: 'int16', shape: [3, 1], data: [-1, 2, 3] });
    assert.deepEqual(numbers(back.get('scalar')), { className: 'uint8', shape: [1, 1], data: [200] });
    assert.deepEqual(numbers(back.get('nothing')), { className: 'int32', shape: [0, 4], data: [] });
    assert.deepEqual(numbers(back.get('columns')), {
      className: 'uint32',
      shape: [2, 2],
      data: [1, 3, 2, 4],
    });
    assert.deepEqual(textsOf(back.get('names')), ['a/1.png', '', 'ü😀.png']);
    assert.deepEqual(back.get('model'), { kind: 'text', rows: ['paper'] });
  });

  it('byte for byte as the format says', async (t) => {
    const path = join(await temporaryFolder(t), 'out.mat');
    await writeMatFile(path, { ab: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } });
    const bytes = await readFile(path);
    assert.equal(bytes.toString('latin1', 0, 19), 'MATLAB 5.0 MAT-file');
    assert.deepEqual([...bytes.subarray(116, 132)], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x49, 0x4d, 15, 0, 0, 0]);
    assert.equal(bytes.readUInt32LE(132), bytes.length - 136);
    const words = new Int32Array(new Uint8Array(inflateSync(bytes.subarray(136))).buffer);
    const floats = new Float32Array(words.buffer, words.byteLength - 16);
    assert.deepEqual(
      [...words.subarray(0, 16)],
      [
        ...[14, 72], // matrix
        ...[6, 8, 7, 0], // flags: single
        ...[5, 8, 2, 2], // dimensions
        ...[1, 2, 0x6261, 0], // name
        ...[7, 16], // single values
      ],
    );
    assert.deepEqual([...floats], [1, 3, 2, 4], 'the first axis is contiguous');
  });

  it('refuses a variable of more than 2 GB before anything is written', async (t) => {
    const path = join(await temporaryFolder(t), 'out.mat');
    // Never touched: the memory is not taken.
    const data = new Uint8Array(largestVariableBytes + 1);
    await assert.rejects(writeMatFile(path, { images: { shape: [data.length, 1], data } }), {
      code: 'MAT_TOO_LARGE',
    });
    await assert.rejects(readFile(path), { code: 'ENOENT' });
  });

  it('arrays too large to compress are read back the same', { timeout: 60_000 }, async (t) => {
    const path = join(await temporaryFolder(t), 'out.mat');
    const data = new Float32Array(2 ** 24 + 10);
    data.set([1, 2, 3]);
    data[data.length - 1] = 4;
    await writeMatFile(path, {
      images: { shape: [2, data.length / 2], data, order: 'column-major' },
      after: 'x',
    });
    const back = await readMat(path);
    const value = numericVariable(back, 'images', path);
    assert.equal(value.data[value.data.length - 1], 4);
    assert.equal(value.data[1], 3);
    assert.deepEqual(back.get('after'), { kind: 'text', rows: ['x'] });
  });
});

describe('files that lie', () => {
  const little = (values: readonly number[]) => Buffer.from(Int32Array.from(values).buffer);

  async function writeLevel5(path: string, ...elements: readonly Buffer[]): Promise<void> {
    const header = Buffer.alloc(128, ' ');
    header.write('MATLAB 5.0 MAT-file', 0);
    header.writeUInt16LE(0x0100, 124);
    header.write('IM', 126);
    await writeFile(path, Buffer.concat([header, ...elements]));
  }

  it('dimensions without values, too many axes, a text shorter than its shape, cells without end', async (t) => {
    const path = join(await temporaryFolder(t), 'bad.mat');
    const cases: readonly (readonly [what: string, element: Buffer])[] = [
      ['dimensions', little([14, 64, 6, 8, 6, 0, 5, 8, 50_000, 20_000, 1, 1, 0x61, 0, 9, 8, 0, 0])],
      ['axes', little([14, 200, 6, 8, 6, 0, 5, 160, ...Array.from({ length: 40 }, () => 1), 1, 1, 0x61, 0])],
      ['negative', little([14, 56, 6, 8, 6, 0, 5, 8, -1, 1, 1, 1, 0x61, 0, 9, 0])],
      ['text', little([14, 64, 6, 8, 4, 0, 5, 8, 2, 1_000_000_000, 1, 1, 0x61, 0, 4, 8, 0, 0])],
      ['cells', little([14, 64, 6, 8, 1, 0, 5, 8, 2_000_000_000, 1, 1, 1, 0x61, 0, 14, 0, 14, 0])],
      ['longer than the file', little([14, 2_000_000_000, 6, 8, 6, 0])],
      ['no matrix header', little([14, 8, 0, 0])],
    ];
    for (const [what, element] of cases) {
      await writeLevel5(path, element);
      await assert.rejects(readMat(path), { code: 'MAT_INVALID' }, what);
    }
  });

  it('cells nested without end', async (t) => {
    const path = join(await temporaryFolder(t), 'nested.mat');
    let inner = little([14, 0]);
    for (let depth = 0; depth < 1000; depth++) {
      const head = little([6, 8, 1, 0, 5, 8, 1, 1, 1, 1, 0x61, 0]);
      inner = Buffer.concat([little([14, head.length + inner.length]), head, inner]);
    }
    await writeLevel5(path, inner);
    await assert.rejects(readMat(path), { code: 'MAT_INVALID', message: /nested too deep/ });
  });

  it('values that expand to far more than the dimensions need are refused before they are expanded', async (t) => {
    const path = join(await temporaryFolder(t), 'bomb.mat');
    const begin = little([14, 40_000_000, 6, 8, 6, 0, 5, 8, 2, 2, 1, 1, 0x61, 0, 9, 32]);
    const bomb = deflateSync(Buffer.concat([begin, Buffer.alloc(40_000_000)]));
    await writeLevel5(path, little([15, bomb.length]), bomb);
    await assert.rejects(readMat(path), { code: 'MAT_INVALID', message: /claims to take/ });
  });
});

describe('damaged at random', { timeout: 120_000 }, () => {
  for (const name of ['level5.mat', 'level5-compressed.mat', 'level73.mat']) {
    it(`${name} gives values or a typed error, whatever byte is wrong and wherever it ends`, async (t) => {
      const whole = await readFile(fixture(name));
      const path = join(await temporaryFolder(t), 'damaged.mat');
      let refused = 0;
      const attempt = async (bytes: Uint8Array) => {
        await writeFile(path, bytes);
        try {
          await readMat(path);
        } catch (error) {
          const { code, message } = error as { code?: string; message: string };
          assert.ok(/^(MAT_|FILE_EMPTY)/.test(code ?? ''), `${code}: ${message}`);
          refused += 1;
        }
      };
      const step = Math.ceil(whole.length / 30);
      for (let length = 0; length < whole.length; length += step) await attempt(whole.subarray(0, length));
      let state = 12345;
      for (let round = 0; round < 80; round++) {
        const bytes = Uint8Array.from(whole);
        for (let flips = 0; flips <= round % 3; flips++) {
          // Numerical Recipes' generator: the same bytes in every run.
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          bytes[state % bytes.length] ^= 1 << (state >>> 29);
        }
        await attempt(bytes);
      }
      assert.ok(refused > 20, `${refused} refused`);
    });
  }
});
