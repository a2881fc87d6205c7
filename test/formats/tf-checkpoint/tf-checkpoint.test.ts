import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openCheckpoint } from '../../../src/main/formats/tf-checkpoint/checkpoint.ts';
import { crc32c } from '../../../src/main/formats/tf-checkpoint/crc32c.ts';
import { Random } from '../../../src/main/math/random.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { temporaryFolder } from '../temporary.ts';
import {
  bundleFiles,
  type EntryFields,
  float32,
  type StoredArray,
  sortedTable,
  writeBundle,
} from './write-bundle.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/tf-checkpoint');

interface Expected {
  readonly notInV1: readonly string[];
  readonly variables: Record<string, { dtype: string; shape: number[]; values: number[] | null }>;
}

async function readAll(
  path: string,
): Promise<Record<string, { shape: readonly number[]; values: number[] }>> {
  const checkpoint = await openCheckpoint(path);
  try {
    const found: Record<string, { shape: readonly number[]; values: number[] }> = {};
    for (const name of checkpoint.variables.keys()) {
      const { shape, data } = await checkpoint.read(name);
      found[name] = { shape, values: Array.from(data) };
    }
    return found;
  } finally {
    await checkpoint.close();
  }
}

describe('checksums', () => {
  it('are CRC-32C, as RFC 3720 gives them (B.4)', () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, at) => at);
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
    assert.equal(crc32c(ascending), 0x46dd794e);
    assert.equal(crc32c(ascending.toReversed()), 0x113fdb5c);
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
    assert.equal(crc32c(ascending.subarray(11), crc32c(ascending.subarray(0, 11))), 0x46dd794e);
  });
});

describe('checkpoints that TensorFlow wrote', () => {
  for (const name of ['v1', 'v2', 'sharded']) {
    it(`${name}: every type, a scalar, an empty variable, and variables in parts`, async () => {
      const expected = JSON.parse(await readFile(join(fixtures, 'expected.json'), 'utf8')) as Expected;
      const checkpoint = await openCheckpoint(join(fixtures, name));
      const wanted = Object.entries(expected.variables).filter(
        ([variable]) => name !== 'v1' || !expected.notInV1.includes(variable),
      );
      assert.deepEqual([...checkpoint.variables.keys()].sort(), wanted.map(([variable]) => variable).sort());
      assert.equal(checkpoint.version, name === 'v1' ? 1 : 2);
      for (const [variable, { dtype, shape, values }] of wanted) {
        const { shape: readShape, data } = await checkpoint.read(variable);
        assert.deepEqual(checkpoint.variables.get(variable), { dtype, shape }, variable);
        assert.deepEqual(readShape, shape, variable);
        const rule = () => Array.from({ length: data.length }, (_, k) => Number(k % 3 === 0));
        assert.deepEqual(Array.from(data), values ?? rule(), variable);
      }
      await checkpoint.close();
    });
  }
});

/** Arrays that fill several blocks, one of them in parts. */
function someArrays(): StoredArray[] {
  const parted = Float32Array.from({ length: 12 }, (_, at) => at / 2);
  const columns = (from: number, to: number) =>
    new Uint8Array(
      Float32Array.from([0, 1, 2].flatMap((row) => Array.from(parted.subarray(row * 4 + from, row * 4 + to))))
        .buffer,
    );
  const column = (start: number, length: number) => [
    { start: 0, length: -1 },
    { start, length },
  ];
  return [
    ...Array.from({ length: 9 }, (_, at) => float32(`layer${at}/W`, [2, at], Array(2 * at).fill(at + 0.5))),
    {
      name: 'parted',
      dtype: 1,
      shape: [3, 4],
      bytes: new Uint8Array(0),
      parts: [
        { slice: column(0, 1), bytes: columns(0, 1), shard: 0 },
        { slice: column(1, 3), bytes: columns(1, 4), shard: 1 },
      ],
    },
    { ...float32('second/shard', [3], [-1, 0, 1]), shard: 1 },
  ];
}

describe('checkpoints written by hand', () => {
  it('compressed or not, of two data files', async (t) => {
    const folder = await temporaryFolder(t);
    await writeBundle(join(folder, 'plain'), someArrays(), { shards: 2 });
    await writeBundle(join(folder, 'snappy'), someArrays(), { shards: 2, snappy: true });
    const plain = await readAll(join(folder, 'plain'));
    assert.deepEqual(await readAll(join(folder, 'snappy')), plain);
    assert.equal(Object.keys(plain).length, 11);
    assert.deepEqual(plain['layer3/W'], { shape: [2, 3], values: Array(6).fill(3.5) });
    assert.deepEqual(plain['second/shard'].values, [-1, 0, 1]);
    assert.deepEqual(plain.parted, { shape: [3, 4], values: Array.from({ length: 12 }, (_, at) => at / 2) });
  });

  it('of the other byte order', async (t) => {
    const folder = await temporaryFolder(t);
    const bytes = (array: StoredArray, size: number) => {
      const turned = Buffer.from(array.bytes);
      return { ...array, bytes: size === 4 ? turned.swap32() : turned.swap16() };
    };
    const shorts = {
      name: 'shorts',
      dtype: 5,
      shape: [2],
      bytes: new Uint8Array(Int16Array.of(-2, 300).buffer),
    };
    await writeBundle(
      join(folder, 'big'),
      [
        bytes(float32('floats', [2], [1.5, -2]), 4),
        bytes(shorts, 2),
        { ...shorts, name: 'bytes', dtype: 4, shape: [4], bytes: Uint8Array.of(1, 2, 3, 4) },
      ],
      { bigEndian: true },
    );
    assert.deepEqual(await readAll(join(folder, 'big')), {
      bytes: { shape: [4], values: [1, 2, 3, 4] },
      floats: { shape: [2], values: [1.5, -2] },
      shorts: { shape: [2], values: [-2, 300] },
    });
  });

  it('are found by prefix, index, data file, folder, and of the first format by parts', async (t) => {
    const folder = await temporaryFolder(t);
    await writeBundle(join(folder, 'model.ckpt-7'), [float32('a', [1], [4])]);
    const expected = { a: { shape: [1], values: [4] } };
    for (const ending of ['', '.index', '.meta', '.data-00000-of-00001']) {
      assert.deepEqual(await readAll(join(folder, `model.ckpt-7${ending}`)), expected);
    }
    await writeFile(join(folder, 'checkpoint'), 'model_checkpoint_path: "/elsewhere/model.ckpt-7"\n');
    assert.deepEqual(await readAll(folder), expected);
    await copyFile(join(fixtures, 'v1'), join(folder, 'old.ckpt-00000-of-00001'));
    assert.equal(Object.keys(await readAll(join(folder, 'old.ckpt'))).length, 13);
    await rm(join(folder, 'checkpoint'));
    await assert.rejects(openCheckpoint(folder), { code: 'FILE_NOT_FOUND' });
    await assert.rejects(openCheckpoint(join(folder, 'none')), { code: 'FILE_NOT_FOUND' });
  });

  it('name what is not there or not readable', async (t) => {
    const folder = await temporaryFolder(t);
    const text = { name: 'graph', dtype: 7, shape: [], bytes: Uint8Array.of(1, 2, 3) };
    await writeBundle(join(folder, 'two'), [...someArrays(), text], { shards: 2 });
    const checkpoint = await openCheckpoint(join(folder, 'two'));
    assert.equal(checkpoint.variables.get('graph')?.dtype, 'string');
    await assert.rejects(checkpoint.read('graph'), { code: 'TF_CHECKPOINT_UNSUPPORTED' });
    await checkpoint.close();
    await rename(join(folder, 'two.data-00001-of-00002'), join(folder, 'away'));
    const lame = await openCheckpoint(join(folder, 'two'));
    assert.equal((await lame.read('layer1/W')).data.length, 2);
    await assert.rejects(lame.read('second/shard'), {
      code: 'TF_CHECKPOINT_SHARD_MISSING',
      file: join(folder, 'two.data-00001-of-00002'),
    });
    await lame.close();
  });
});

describe('an index that lies', () => {
  const lies: Record<string, (entry: EntryFields) => Partial<EntryFields>> = {
    'a size beyond the shape': (entry) => ({ size: entry.size + 4 }),
    'a shape beyond the size': () => ({ shape: [2 ** 40] }),
    'a shape whose product overflows': () => ({ shape: [2 ** 33, 2 ** 33] }),
    'a negative shape': () => ({ shape: [-1, -3] }),
    'a terabyte, shape and size agreeing': () => ({ shape: [2 ** 38], size: 2 ** 40 }),
    'an offset beyond the data': () => ({ offset: 2 ** 50 }),
    'a data file that is none of them': () => ({ shard: 7 }),
    'another checksum': (entry) => ({ crc: entry.crc ^ 1 }),
  };
  for (const [what, lie] of Object.entries(lies)) {
    it(`about ${what}`, async (t) => {
      const path = join(await temporaryFolder(t), 'lie');
      await writeBundle(path, [float32('a', [3], [1, 2, 3])], {
        lie: (_, entry) => ({ ...entry, ...lie(entry) }),
      });
      const before = process.memoryUsage().arrayBuffers;
      await assert.rejects(readAll(path), { code: 'TF_CHECKPOINT_INVALID' });
      assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 24);
    });
  }

  it('about parts: a gap, an overlap, one outside', async (t) => {
    const folder = await temporaryFolder(t);
    const part = (start: number, length: number) => ({
      slice: [{ start, length }],
      bytes: new Uint8Array(4 * length),
      shard: 0,
    });
    for (const parts of [[part(0, 2)], [part(0, 2), part(1, 2)], [part(0, 2), part(2, 3)]]) {
      await writeBundle(join(folder, 'a'), [
        { name: 'a', dtype: 1, shape: [4], bytes: new Uint8Array(0), parts },
      ]);
      await assert.rejects(readAll(join(folder, 'a')), { code: 'TF_CHECKPOINT_INVALID' });
    }
  });

  it('about a compressed block of a terabyte', async (t) => {
    const folder = await temporaryFolder(t);
    const index = Buffer.from(bundleFiles([float32('a', [1], [1])], { snappy: true }).get('.index') ?? []);
    // The first block begins with the varint of its length; a longer one in its place, its checksum made anew.
    const contents = Buffer.concat([
      Buffer.from([0x80, 0x80, 0x80, 0x80, 0x10]),
      Buffer.alloc(3),
      Buffer.from([1]),
    ]);
    contents.copy(index);
    await writeFile(join(folder, 'a.index'), index);
    await assert.rejects(openCheckpoint(join(folder, 'a')), { code: 'TF_CHECKPOINT_INVALID' });
  });
});

describe('damage', () => {
  /** Reads everything in a damaged copy: each time the right values or a typed error. */
  async function damage(
    t: TestContext,
    files: ReadonlyMap<string, Uint8Array>,
    cases: Iterable<readonly [ending: string, bytes: Uint8Array]>,
  ): Promise<{ refused: number; whole: number }> {
    const prefix = join(await temporaryFolder(t), 'model');
    for (const [ending, bytes] of files) await writeFile(prefix + ending, bytes);
    const right = await readAll(prefix);
    let refused = 0;
    let whole = 0;
    for (const [ending, bytes] of cases) {
      writeFileSync(prefix + ending, bytes);
      try {
        assert.deepEqual(await readAll(prefix), right);
        whole += 1;
      } catch (error) {
        assert.ok(error instanceof FusiformError, String((error as Error).stack));
        assert.match(error.code, /^(TF_CHECKPOINT_|FILE_)/);
        refused += 1;
      }
      writeFileSync(prefix + ending, files.get(ending) ?? '');
    }
    return { refused, whole };
  }

  function* damaged(
    files: ReadonlyMap<string, Uint8Array>,
    flips: number,
  ): Generator<readonly [ending: string, bytes: Uint8Array]> {
    const random = new Random('damaged checkpoints');
    for (const [ending, bytes] of files) {
      for (let n = 0; n < flips; n++) {
        const copy = Uint8Array.from(bytes);
        copy[random.integer(copy.length)] ^= 1 << random.integer(8);
        yield [ending, copy];
      }
      for (let n = 0; n < flips / 4; n++) yield [ending, bytes.subarray(0, random.integer(bytes.length))];
    }
  }

  it('of one bit, or of the end, is found: format 2', async (t) => {
    for (const snappy of [false, true]) {
      const files = bundleFiles(someArrays(), { shards: 2, snappy });
      const { refused, whole } = await damage(t, files, damaged(files, 160));
      // Padding in the footer and the block of metadata are all that nothing depends on.
      assert.ok(whole < 0.05 * refused, `${whole} of ${refused + whole} went unnoticed`);
    }
  });

  it('of one bit, or of the end, is found: format 1', async (t) => {
    const files = new Map([['', await readFile(join(fixtures, 'v1'))]]);
    const { refused, whole } = await damage(t, files, damaged(files, 200));
    assert.ok(whole < 0.05 * refused, `${whole} of ${refused + whole} went unnoticed`);
  });

  it('behind a right checksum ends in a typed error too', async (t) => {
    // Any bytes in the place of an entry, the checksums made for them: what a hostile writer can do.
    const random = new Random('hostile checkpoints');
    const prefix = join(await temporaryFolder(t), 'model');
    const header = Buffer.from([0x08, 0x01, 0x1a, 0x02, 0x08, 0x01]);
    for (let n = 0; n < 400; n++) {
      const value = Buffer.from(Array.from({ length: random.integer(40) }, () => random.integer(256)));
      // Half of them begin like an entry, so that more than the first field is read.
      if (n % 2 === 0) Buffer.from([0x08, 0x01, 0x12]).copy(value);
      const records: [Buffer, Buffer][] = [
        [Buffer.alloc(0), n % 3 === 0 ? value : header],
        [Buffer.from('a'), value],
      ];
      await writeFile(`${prefix}.index`, sortedTable(records, { snappy: n % 5 === 0 }));
      await writeFile(`${prefix}.data-00000-of-00001`, Buffer.alloc(64));
      try {
        await readAll(prefix);
      } catch (error) {
        assert.ok(error instanceof FusiformError, String((error as Error).stack));
      }
    }
  });

  it('of other kinds is named', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'text'), 'x'.repeat(500));
    await assert.rejects(openCheckpoint(join(folder, 'text')), { code: 'TF_CHECKPOINT_INVALID' });
    await writeFile(join(folder, 'empty'), '');
    await assert.rejects(openCheckpoint(join(folder, 'empty')), { code: 'FILE_EMPTY' });
    await copyFile(join(fixtures, 'v1'), join(folder, 'mixed.index'));
    await assert.rejects(openCheckpoint(join(folder, 'mixed')), { code: 'TF_CHECKPOINT_INVALID' });
    await copyFile(join(fixtures, 'v2.index'), join(folder, 'bare'));
    await assert.rejects(openCheckpoint(join(folder, 'bare')), { code: 'TF_CHECKPOINT_INVALID' });
    await mkdir(join(folder, 'dir'));
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling.index'));
    await assert.rejects(openCheckpoint(join(folder, 'dangling')), { code: 'FILE_NOT_FOUND' });
  });
});
