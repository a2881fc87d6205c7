import { basename } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import type { NdArray, NumericArray } from '../../math/nd-array.ts';
import { RandomAccessFile } from '../files/random-access.ts';
import { countElements, decodeNumbers, type NumericTypeName, numericTypes } from '../numeric-types.ts';
import { assertTiling, placePart } from './assemble.ts';
import { crc32c, maskCrc } from './crc32c.ts';
import { CheckpointFault, inFile, invalid, unsupported } from './fault.ts';
import { type Region, readShape, readSlice, regionOf, type TensorSlice } from './messages.ts';
import { sliceKey } from './ordered-code.ts';
import { readMessage } from './protobuf.ts';
import { SortedTable } from './sorted-table.ts';
import { type Checkpoint, type CheckpointVariable, numericType, typeName } from './types.ts';

/** `BundleHeaderProto`, the value of the empty key. */
interface Header {
  readonly shards: number;
  readonly bigEndian: boolean;
}

/** `BundleEntryProto`: a variable, or a part of one. */
interface Entry {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  /** Masked CRC-32C of the bytes. */
  readonly crc: number;
  /** Of a variable that is stored in parts; each has an entry of its own under another key. */
  readonly slices: readonly TensorSlice[];
}

/** TensorFlow writes a handful; more than this is a header that lies. */
const mostShards = 100_000;

/**
 * Opens a checkpoint of TensorFlow's format V2 ("tensor bundle"): an index and any number of data files, as
 * `tensorflow/core/util/tensor_bundle` writes them, of either byte order.
 *
 * @param prefix the path without `.index`.
 * @throws FusiformError TF_CHECKPOINT_INVALID, TF_CHECKPOINT_UNSUPPORTED, and faults of the files
 */
export async function openBundle(prefix: string): Promise<Checkpoint> {
  const path = `${prefix}.index`;
  const table = await SortedTable.open(path);
  try {
    const { header, entries } = await readEntries(table, path);
    const variables = new Map<string, CheckpointVariable>();
    for (const [key, entry] of entries) {
      if (key.startsWith('\0')) continue;
      const name = Buffer.from(key, 'latin1').toString('utf8');
      variables.set(name, { dtype: typeName(entry.dtype), shape: entry.shape });
    }
    return new Bundle(prefix, header, entries, variables);
  } finally {
    await table.close();
  }
}

async function readEntries(
  table: SortedTable,
  path: string,
): Promise<{ header: Header; entries: ReadonlyMap<string, Entry> }> {
  let header: Header | undefined;
  const entries = new Map<string, Entry>();
  for await (const { key, value } of table.entries()) {
    if (key.length === 0) {
      header = await inFile(path, () => readHeader(value));
      continue;
    }
    // Keys of parts are bytes, not text: latin1 keeps them as they are.
    const name = key.toString('latin1');
    entries.set(name, await inFile(path, () => readEntry(name, value)));
  }
  if (header === undefined) throw invalid('its index has no header', path);
  return { header, entries };
}

function readHeader(bytes: Uint8Array): Header {
  let shards = 0;
  let bigEndian = false;
  for (const { number, value, wire } of readMessage(bytes)) {
    if (number === 1 && wire !== 0) throw new CheckpointFault('its header is that of another format');
    if (number === 1) shards = value;
    else if (number === 2) bigEndian = value === 1;
  }
  if (shards < 1 || shards > mostShards) throw new CheckpointFault(`it claims to have ${shards} data files`);
  return { shards, bigEndian };
}

function readEntry(name: string, bytes: Uint8Array): Entry {
  let dtype = 0;
  let shape: readonly number[] = [];
  let shard = 0;
  let offset = 0;
  let size = 0;
  let crc = 0;
  const slices: TensorSlice[] = [];
  for (const field of readMessage(bytes)) {
    if (field.number === 1) dtype = field.value;
    else if (field.number === 2) shape = readShape(field.bytes);
    else if (field.number === 3) shard = field.value;
    else if (field.number === 4) offset = field.value;
    else if (field.number === 5) size = field.value;
    else if (field.number === 6 && field.wire === 5) crc = Buffer.from(field.bytes).readUInt32LE();
    else if (field.number === 7) slices.push(readSlice(field.bytes));
  }
  const count = countElements(shape);
  if (count === null) throw new CheckpointFault(`"${name}" has the impossible shape [${shape.join(', ')}]`);
  const type = numericType(dtype);
  if (type !== null && slices.length === 0 && size !== count * numericTypes[type].bytes) {
    throw new CheckpointFault(
      `"${name}" has ${size} bytes where its shape [${shape.join(', ')}] needs ${count * numericTypes[type].bytes}`,
    );
  }
  return { dtype, shape, shard, offset, size, crc, slices };
}

class Bundle implements Checkpoint {
  readonly version = 2;
  readonly variables: ReadonlyMap<string, CheckpointVariable>;
  readonly #prefix: string;
  readonly #header: Header;
  /** By key as latin1. */
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #shards = new Map<number, RandomAccessFile>();

  constructor(
    prefix: string,
    header: Header,
    entries: ReadonlyMap<string, Entry>,
    variables: ReadonlyMap<string, CheckpointVariable>,
  ) {
    this.#prefix = prefix;
    this.#header = header;
    this.#entries = entries;
    this.variables = variables;
  }

  async read(name: string): Promise<NdArray> {
    const index = `${this.#prefix}.index`;
    const entry = this.#entries.get(Buffer.from(name, 'utf8').toString('latin1'));
    if (entry === undefined) throw new RangeError(`the checkpoint has no variable "${name}"`);
    const type = numericType(entry.dtype);
    if (type === null) throw unsupported(`"${name}" is of type ${typeName(entry.dtype)}`, index);
    if (entry.slices.length === 0) return { shape: entry.shape, data: await this.#values(name, entry, type) };
    const parts = await inFile(index, () => this.#parts(name, entry));
    const bytesStored = parts.reduce((sum, part) => sum + part.entry.size, 0);
    const whole = numericTypes[type].decode(new ArrayBuffer(bytesStored));
    for (const { region, entry: part } of parts) {
      placePart(whole, entry.shape, await this.#values(name, part, type), region);
    }
    return { shape: entry.shape, data: whole };
  }

  async close(): Promise<void> {
    for (const shard of this.#shards.values()) await shard.close();
    this.#shards.clear();
  }

  /** The parts of a variable, which cover it exactly once. */
  #parts(name: string, entry: Entry): { region: Region; entry: Entry }[] {
    const parts = entry.slices.map((slice) => {
      const region = regionOf(name, entry.shape, slice);
      const part = this.#entries.get(sliceKey(name, slice).toString('latin1'));
      if (part === undefined) throw new CheckpointFault(`a part of "${name}" is missing`);
      if (part.dtype !== entry.dtype || part.shape.join() !== region.shape.join()) {
        throw new CheckpointFault(`a part of "${name}" is of another type or shape than it should be`);
      }
      return { region, entry: part };
    });
    assertTiling(
      name,
      entry.shape,
      parts.map(({ region }) => region),
    );
    return parts;
  }

  async #values(name: string, entry: Entry, type: NumericTypeName): Promise<NumericArray> {
    const shard = await this.#shard(entry.shard);
    if (entry.offset + entry.size > shard.bytes) {
      throw invalid(`"${name}" lies beyond the end of the file; it may be cut short`, shard.path);
    }
    const bytes = await shard.read(entry.offset, entry.size);
    if (bytes.length !== entry.size) throw invalid(`it ends within "${name}"`, shard.path);
    if (maskCrc(crc32c(bytes)) !== entry.crc) {
      throw invalid(`"${name}" does not match its checksum`, shard.path);
    }
    return decodeNumbers(type, bytes, this.#header.bigEndian);
  }

  async #shard(number: number): Promise<RandomAccessFile> {
    const { shards } = this.#header;
    if (number >= shards) {
      throw invalid(`it places a variable in data file ${number} of ${shards}`, `${this.#prefix}.index`);
    }
    const known = this.#shards.get(number);
    if (known !== undefined) return known;
    const five = (value: number) => String(value).padStart(5, '0');
    const path = `${this.#prefix}.data-${five(number)}-of-${five(shards)}`;
    try {
      const shard = await RandomAccessFile.open(path);
      this.#shards.set(number, shard);
      return shard;
    } catch (error) {
      if (!(error instanceof FusiformError) || error.code !== 'FILE_NOT_FOUND') throw error;
      throw new FusiformError(
        'TF_CHECKPOINT_SHARD_MISSING',
        `The checkpoint has ${shards} data files, and "${basename(path)}" is not beside its index.`,
        { file: path, cause: error },
      );
    }
  }
}
