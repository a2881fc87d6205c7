import { Readable } from 'node:stream';
import type { NamedArrays, NdArray } from '../../math/nd-array.ts';
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

/** Writes named arrays whole or not at all (see `writeFileAtomic`). */
export function writeSafetensorsFile(
  path: string,
  arrays: NamedArrays,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  return writeFileAtomic(path, Readable.from(fileChunks(arrays, metadata)));
}

function* fileChunks(arrays: NamedArrays, metadata: Readonly<Record<string, string>>): Generator<Uint8Array> {
  const sorted = Object.entries(arrays).sort(
    ([nameA, a], [nameB, b]) =>
      b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1),
  );
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) {
    header.__metadata__ = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  let position = 0;
  for (const [name, { shape, data }] of sorted) {
    if (shape.reduce((product, size) => product * size, 1) !== data.length) {
      throw new RangeError(`array "${name}": ${data.length} values for the shape ${shape.join(' x ')}`);
    }
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [position, position + data.byteLength] };
    position += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  // Spaces up to a multiple of 8, so that the arrays lie aligned in a mapped file.
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  yield length;
  yield padded;
  for (const [, { data }] of sorted) yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
