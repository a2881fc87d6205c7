import { Readable } from 'node:stream';
import { FusiformError } from '../../../shared/errors.ts';
import type { NdArray, NumericArray } from '../../math/nd-array.ts';
import { toRowMajor } from '../axis-order.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { type ByteReader, openByteReader } from '../files/byte-reader.ts';
import { type NumericTypeName, numericTypes, swapBytes } from '../numeric-types.ts';

/** By numpy's type letter and size. */
const types: Readonly<Record<string, NumericTypeName>> = {
  b1: 'bool',
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

export interface Npy extends NdArray {
  /** numpy's name of the stored type. */
  readonly dtype: string;
}

interface NpyHeader {
  readonly shape: readonly number[];
  readonly type: NumericTypeName;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  /** Bytes of the values. */
  readonly valueBytes: number;
}

/** The letters that mark the format, its version, and the longest length field. */
const prefixBytes = 12;

/**
 * Reads an array in numpy's format (versions 1 to 3, both byte orders). Fortran order is turned into row-major.
 *
 * @param file what the errors name.
 * @throws FusiformError NPY_INVALID
 */
export function readNpy(bytes: Uint8Array, file = 'npy'): Npy {
  const { start, end } = headerSpan(bytes.subarray(0, prefixBytes), file);
  if (end > bytes.length) throw invalid('it ends within its header', file);
  const header = parseHeader(bytes.subarray(start, end), bytes[6], bytes.length - end, file);
  const values = new Uint8Array(header.valueBytes);
  values.set(bytes.subarray(end, end + header.valueBytes));
  return decode(header, values.buffer);
}

/**
 * Reads a file, its values straight into their own memory (see `readNpy`).
 *
 * @throws FusiformError NPY_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readNpyFile(path: string): Promise<Npy> {
  const reader = await openByteReader(path);
  try {
    const { header } = await readHeader(reader, path);
    const values = new Uint8Array(header.valueBytes);
    if ((await reader.read(values)) !== values.length) throw invalid('it ends within its values', path);
    return decode(header, values.buffer);
  } finally {
    await reader.close();
  }
}

/** Where the values of a file lie. */
export interface NpyLayout {
  readonly shape: readonly number[];
  /** numpy's name of the stored type. */
  readonly dtype: string;
  /** Column-major instead of row-major. */
  readonly fortran: boolean;
  /** Bytes from the beginning of the file to the first value. */
  readonly valuesAt: number;
  /** Bytes of all values; the file holds at least these. */
  readonly valueBytes: number;
}

/**
 * Reads the header of a file alone.
 *
 * @throws FusiformError NPY_INVALID (also where the file is shorter than its header says), FILE_NOT_FOUND,
 *   FILE_UNREADABLE, FILE_EMPTY
 */
export async function readNpyLayout(path: string): Promise<NpyLayout> {
  const reader = await openByteReader(path);
  try {
    const { header, valuesAt } = await readHeader(reader, path);
    const { shape, fortran, valueBytes } = header;
    return { shape, dtype: header.type, fortran, valuesAt, valueBytes };
  } finally {
    await reader.close();
  }
}

/** Leaves the reader at the first value. */
async function readHeader(
  reader: ByteReader,
  path: string,
): Promise<{ header: NpyHeader; valuesAt: number }> {
  if (reader.gzipped) throw invalid('it is compressed', path);
  const prefix = new Uint8Array(prefixBytes);
  const { start, end } = headerSpan(prefix.subarray(0, await reader.read(prefix)), path);
  if (end > reader.fileBytes) throw invalid('it ends within its header', path);
  const text = new Uint8Array(end - start);
  // In version 1 the header begins within what was read already.
  text.set(prefix.subarray(start));
  await reader.read(text.subarray(prefixBytes - start));
  return { header: parseHeader(text, prefix[6], reader.fileBytes - end, path), valuesAt: end };
}

/** Where the text of the header stands. */
function headerSpan(prefix: Uint8Array, file: string): { start: number; end: number } {
  if (prefix.length < prefixBytes || Buffer.from(prefix.subarray(0, 6)).toString('latin1') !== '\x93NUMPY') {
    throw invalid('it does not begin with the letters that mark one', file);
  }
  const version = prefix[6];
  if (version < 1 || version > 3) throw invalid(`its version is ${version}`, file);
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const start = version === 1 ? 10 : 12;
  return { start, end: start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)) };
}

function parseHeader(text: Uint8Array, version: number, bytesLeft: number, file: string): NpyHeader {
  const header = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(text);
  const [, order, letters] = /'descr':\s*'([<>|=])([a-zA-Z]\d+)'/.exec(header) ?? [];
  const type = letters === undefined ? undefined : types[letters];
  if (type === undefined) {
    const given = /'descr':\s*(.*?),\s*'/.exec(header)?.[1] ?? 'not given';
    throw invalid(`its type is ${given}, which is not supported`, file);
  }
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shapeText = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (fortran === undefined || shapeText === undefined)
    throw invalid('its header gives no shape or order', file);
  const shape = (shapeText.match(/\d+/g) ?? []).map(Number);
  const valueBytes = shape.reduce((product, size) => product * size, numericTypes[type].bytes);
  if (valueBytes > bytesLeft)
    throw invalid(`its shape needs ${valueBytes} bytes, and ${bytesLeft} are left`, file);
  return { shape, type, bigEndian: order === '>', fortran: fortran === 'True', valueBytes };
}

function decode({ shape, type, bigEndian, fortran }: NpyHeader, values: ArrayBuffer): Npy {
  if (bigEndian) swapBytes(new Uint8Array(values), numericTypes[type].bytes);
  const data = numericTypes[type].decode(values);
  return { shape, data: fortran ? toRowMajor(data, shape) : data, dtype: type };
}

function descrOf(data: NumericArray): string {
  if (data instanceof Float64Array) return '<f8';
  if (data instanceof Float32Array) return '<f4';
  if (data instanceof Int32Array) return '<i4';
  if (data instanceof Uint32Array) return '<u4';
  if (data instanceof Int16Array) return '<i2';
  if (data instanceof Uint16Array) return '<u2';
  return data instanceof Int8Array ? '|i1' : '|u1';
}

/** An array in numpy's format, version 1, row-major. */
export function writeNpy(array: NdArray): Uint8Array {
  return Buffer.concat([...fileChunks(array)]);
}

/** Writes an array whole or not at all (see `writeFileAtomic`). */
export function writeNpyFile(path: string, array: NdArray): Promise<void> {
  return writeFileAtomic(path, Readable.from(fileChunks(array)));
}

function* fileChunks({ shape, data }: NdArray): Generator<Uint8Array> {
  if (shape.reduce((product, size) => product * size, 1) !== data.length) {
    throw new RangeError(`${data.length} values for the shape ${shape.join(' x ')}`);
  }
  yield npyHeader(shape, descrOf(data));
  yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * What stands before the values of a row-major array, version 1.
 *
 * @param descr numpy's description of the type, such as `|u1` or `<f4`.
 * @param length of the header where room was kept for it, a multiple of 64; default: as short as it can be.
 */
export function npyHeader(shape: readonly number[], descr: string, length?: number): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The array begins at a multiple of 64 bytes, for mapping.
  const shortest = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(length ?? shortest, ' ');
  if (header.length < shortest) throw new RangeError(`a header of ${header.length} bytes for ${shortest}`);
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(header.length - 10, 8);
  header.write(text, 10, 'latin1');
  header.write('\n', header.length - 1);
  return header;
}

function invalid(why: string, file: string): FusiformError {
  return new FusiformError('NPY_INVALID', `This is not a readable .npy array: ${why}.`, { file });
}
