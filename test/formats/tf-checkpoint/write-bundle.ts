import { writeFile } from 'node:fs/promises';
import snappy from 'snappyjs';
import { crc32c, maskCrc } from '../../../src/main/formats/tf-checkpoint/crc32c.ts';
import type { TensorSlice } from '../../../src/main/formats/tf-checkpoint/messages.ts';
import { sliceKey } from '../../../src/main/formats/tf-checkpoint/ordered-code.ts';

/** A variable, or part of one, as bytes in the byte order of the bundle. */
export interface StoredArray {
  readonly name: string;
  /** Number of the type in TensorFlow's `types.proto`; 1 is float32. */
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  /** Default 0. */
  readonly shard?: number;
  /** Of a variable stored in parts: where each lies, with the part's bytes. */
  readonly parts?: readonly {
    readonly slice: TensorSlice;
    readonly bytes: Uint8Array;
    readonly shard: number;
  }[];
}

export interface BundleOptions {
  readonly shards?: number;
  readonly bigEndian?: boolean;
  readonly snappy?: boolean;
  /** Keys of a block. */
  readonly keysPerBlock?: number;
  /** Replaces what an entry says, to make one that lies. */
  readonly lie?: (name: string, entry: EntryFields) => EntryFields;
}

export interface EntryFields {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  readonly crc: number;
}

export function float32(name: string, shape: readonly number[], values: ArrayLike<number>): StoredArray {
  const data = Float32Array.from(values);
  return { name, dtype: 1, shape, bytes: new Uint8Array(data.buffer) };
}

/** The files of a bundle by the ending of their names (`.index`, `.data-00000-of-00001`). */
export function bundleFiles(
  arrays: readonly StoredArray[],
  options: BundleOptions = {},
): Map<string, Uint8Array> {
  const { shards = 1, bigEndian = false, lie = (_, entry) => entry } = options;
  const data: Uint8Array[][] = Array.from({ length: shards }, () => []);
  const ends = new Array<number>(shards).fill(0);
  const store = (bytes: Uint8Array, shard: number) => {
    const offset = ends[shard];
    data[shard].push(bytes);
    ends[shard] += bytes.length;
    return { shard, offset, size: bytes.length, crc: maskCrc(crc32c(bytes)) };
  };
  const records: [Buffer, Buffer][] = [
    [Buffer.alloc(0), message([1, shards], bigEndian ? [2, 1] : undefined, [3, message([1, 1])])],
  ];
  for (const { name, dtype, shape, bytes, shard = 0, parts } of arrays) {
    if (parts === undefined) {
      records.push([Buffer.from(name), entryMessage(lie(name, { dtype, shape, ...store(bytes, shard) }))]);
      continue;
    }
    const none = { shard: 0, offset: 0, size: 0, crc: 0 };
    const slices = parts.map(({ slice }) => message([7, sliceMessage(slice)]));
    records.push([Buffer.from(name), Buffer.concat([entryMessage({ dtype, shape, ...none }), ...slices])]);
    for (const part of parts) {
      const partShape = part.slice.map(({ length }, axis) => (length === -1 ? shape[axis] : length));
      const entry = { dtype, shape: partShape, ...store(part.bytes, part.shard) };
      records.push([sliceKey(name, part.slice), entryMessage(lie(`${name}/part`, entry))]);
    }
  }
  records.sort(([a], [b]) => a.compare(b));
  const five = (value: number) => String(value).padStart(5, '0');
  return new Map([
    ['.index', sortedTable(records, options)],
    ...data.map((chunks, shard): [string, Uint8Array] => [
      `.data-${five(shard)}-of-${five(shards)}`,
      Buffer.concat(chunks),
    ]),
  ]);
}

export async function writeBundle(
  prefix: string,
  arrays: readonly StoredArray[],
  options: BundleOptions = {},
): Promise<void> {
  for (const [ending, bytes] of bundleFiles(arrays, options)) await writeFile(prefix + ending, bytes);
}

/** A table of LevelDB's form. */
export function sortedTable(
  records: readonly (readonly [key: Buffer, value: Buffer])[],
  { snappy: compressed = false, keysPerBlock = 3 }: Pick<BundleOptions, 'snappy' | 'keysPerBlock'> = {},
): Uint8Array {
  const chunks: Uint8Array[] = [];
  let end = 0;
  const add = (block: Uint8Array): Buffer => {
    const contents = compressed ? snappy.compress(block) : block;
    const typed = Buffer.concat([contents, Buffer.from([compressed ? 1 : 0])]);
    const handle = Buffer.concat([varint(end), varint(contents.length)]);
    chunks.push(typed, uint32(maskCrc(crc32c(typed))));
    end += typed.length + 4;
    return handle;
  };
  const index: [Buffer, Buffer][] = [];
  for (let from = 0; from < records.length; from += keysPerBlock) {
    const part = records.slice(from, from + keysPerBlock);
    index.push([part[part.length - 1][0], add(block(part))]);
  }
  const metaindex = add(block([]));
  const footer = Buffer.alloc(48);
  Buffer.concat([metaindex, add(block(index))]).copy(footer);
  footer.writeUInt32LE(0x8b80fb57, 40);
  footer.writeUInt32LE(0xdb477524, 44);
  return Buffer.concat([...chunks, footer]);
}

function block(records: readonly (readonly [key: Buffer, value: Buffer])[]): Uint8Array {
  let before: Buffer = Buffer.alloc(0);
  const entries = records.map(([key, value]) => {
    let shared = 0;
    while (shared < key.length && key[shared] === before[shared]) shared += 1;
    before = key;
    return Buffer.concat([
      varint(shared),
      varint(key.length - shared),
      varint(value.length),
      key.subarray(shared),
      value,
    ]);
  });
  return Buffer.concat([...entries, uint32(0), uint32(1)]);
}

function entryMessage({ dtype, shape, shard, offset, size, crc }: EntryFields): Buffer {
  const axes = shape.map((length) => message([2, message([1, length])]));
  const crcField = Buffer.concat([varint((6 << 3) | 5), uint32(crc)]);
  return Buffer.concat([
    message([1, dtype], [2, Buffer.concat(axes)], [3, shard], [4, offset], [5, size]),
    crcField,
  ]);
}

function sliceMessage(slice: TensorSlice): Buffer {
  const extents = slice.map(({ start, length }) =>
    message([1, length === -1 ? Buffer.alloc(0) : message([1, start], [2, length])]),
  );
  return Buffer.concat(extents);
}

/** A protocol-buffers message of integers and nested messages. */
function message(
  ...fields: readonly (readonly [number: number, value: number | Buffer] | undefined)[]
): Buffer {
  const parts = fields.flatMap((field) => {
    if (field === undefined) return [];
    const [number, value] = field;
    return typeof value === 'number'
      ? [varint(number << 3), varint(value)]
      : [varint((number << 3) | 2), varint(value.length), value];
  });
  return Buffer.concat(parts);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
