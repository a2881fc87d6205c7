import { Readable } from 'node:stream';
import type { NamedArrays, NdArray, NumericArray } from '../../math/nd-array.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { openByteReader } from '../files/byte-reader.ts';
import {
  decodeTensor,
  dtypeOf,
  headerLength,
  invalid,
  parseHeader,
  type SafetensorsHeader,
} from './header.ts';

export interface Safetensors {
  readonly arrays: NamedArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads named arrays from bytes. float16 and bfloat16 become float32, int64 float64, bool uint8.
 *
 * @param file what the errors name.
 * @throws FusiformError SAFETENSORS_INVALID
 */
export function readSafetensors(bytes: Uint8Array, file = 'safetensors'): Safetensors {
  const length = headerLength(bytes.subarray(0, 8), bytes.length, file);
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const header = parseHeader(text, bytes.length, file);
  const arrays: Record<string, NdArray> = {};
  for (const entry of header.entries) {
    // A copy: the arrays in a file need not lie where a typed array may begin.
    const part = new Uint8Array(entry.end - entry.start);
    part.set(bytes.subarray(header.bytes + entry.start, header.bytes + entry.end));
    arrays[entry.name] = decodeTensor(entry, part.buffer);
  }
  return { arrays, metadata: header.metadata };
}

/** The same arrays always give the same bytes: wide types first (so that each lies aligned), then by name. */
export function writeSafetensors(
  arrays: NamedArrays,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return Buffer.concat([...fileChunks(arrays, metadata)]);
}

/**
 * Reads a file of named arrays, each straight into its own memory.
 *
 * @param names the arrays wanted; without it, all.
 * @throws FusiformError SAFETENSORS_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readSafetensorsFile(path: string, names?: readonly string[]): Promise<Safetensors> {
  const reader = await openByteReader(path);
  try {
    const header = await readHeader(reader, path);
    const missing = names?.find((name) => !header.entries.some((entry) => entry.name === name));
    if (missing !== undefined) throw invalid(`it holds no array "${missing}"`, path);
    const arrays: Record<string, NdArray> = {};
    for (const entry of header.entries) {
      if (names !== undefined && !names.includes(entry.name)) {
        await reader.skip(entry.end - entry.start);
        continue;
      }
      const part = new Uint8Array(entry.end - entry.start);
      if ((await reader.read(part)) !== part.length)
        throw invalid(`it ends within the array "${entry.name}"`, path);
      arrays[entry.name] = decodeTensor(entry, part.buffer);
    }
    return { arrays, metadata: header.metadata };
  } finally {
    await reader.close();
  }
}

/** Names, types and shapes of the arrays in a file, without reading their values. */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  const reader = await openByteReader(path);
  try {
    return await readHeader(reader, path);
  } finally {
    await reader.close();
  }
}

async function readHeader(
  reader: Awaited<ReturnType<typeof openByteReader>>,
  path: string,
): Promise<SafetensorsHeader> {
  const first = new Uint8Array(8);
  const length = headerLength(first.subarray(0, await reader.read(first)), reader.fileBytes, path);
  const text = new Uint8Array(length);
  await reader.read(text);
  return parseHeader(new TextDecoder().decode(text), reader.fileBytes, path);
}

/** An array that is asked for when its turn to be written comes, so that not all need be in memory at once. */
export interface LateArray {
  readonly shape: readonly number[];
  readonly type: Float32ArrayConstructor | Float64ArrayConstructor;
  read(): Promise<Float32Array | Float64Array>;
}

/** Writes named arrays whole or not at all (see `writeFileAtomic`). */
export function writeSafetensorsFile(
  path: string,
  arrays: Readonly<Record<string, NdArray | LateArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  return writeFileAtomic(path, Readable.from(lateFileChunks(arrays, metadata)));
}

function* fileChunks(arrays: NamedArrays, metadata: Readonly<Record<string, string>>): Generator<Uint8Array> {
  const sorted = inOrder(arrays);
  yield fileHeader(sorted, metadata);
  for (const [, { data }] of sorted) yield bytesOf(data);
}

async function* lateFileChunks(
  arrays: Readonly<Record<string, NdArray | LateArray>>,
  metadata: Readonly<Record<string, string>>,
): AsyncGenerator<Uint8Array> {
  const sorted = inOrder(arrays);
  yield fileHeader(sorted, metadata);
  for (const [name, array] of sorted) {
    const data = 'data' in array ? array.data : await array.read();
    if (data.length !== valuesOf(array.shape)) throw new RangeError(wrongLength(name, array.shape, data));
    yield bytesOf(data);
  }
}

function inOrder<Entry extends NdArray | LateArray>(
  arrays: Readonly<Record<string, Entry>>,
): (readonly [name: string, array: Entry])[] {
  return Object.entries(arrays).sort(
    ([nameA, a], [nameB, b]) =>
      exampleOf(b).BYTES_PER_ELEMENT - exampleOf(a).BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1),
  );
}

/** An array of the type in question; one that comes late stands in without values. */
function exampleOf(array: NdArray | LateArray): NumericArray {
  return 'data' in array ? array.data : new array.type(0);
}

function fileHeader(
  sorted: readonly (readonly [name: string, array: NdArray | LateArray])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) {
    header.__metadata__ = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  let position = 0;
  for (const [name, array] of sorted) {
    const count = valuesOf(array.shape);
    if ('data' in array && array.data.length !== count) {
      throw new RangeError(wrongLength(name, array.shape, array.data));
    }
    const example = exampleOf(array);
    const end = position + count * example.BYTES_PER_ELEMENT;
    header[name] = { dtype: dtypeOf(example), shape: array.shape, data_offsets: [position, end] };
    position = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  // Spaces up to a multiple of 8, so that the arrays lie aligned in a mapped file.
  const bytes = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  bytes.writeBigUInt64LE(BigInt(bytes.length - 8));
  text.copy(bytes, 8);
  return bytes;
}

function valuesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function wrongLength(name: string, shape: readonly number[], data: NumericArray): string {
  return `array "${name}": ${data.length} values for the shape ${shape.join(' x ')}`;
}

function bytesOf({ buffer, byteOffset, byteLength }: NumericArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
