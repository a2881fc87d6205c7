import { FusiformError } from '../../../shared/errors.ts';
import type { NdArray, NumericArray } from '../../math/nd-array.ts';
import { type NumericTypeName, numericTypes } from '../numeric-types.ts';

export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** From the first byte after the header. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** By ascending start. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes before the first array: the length field and the JSON text. */
  readonly bytes: number;
}

/** The format's names of types of numbers. */
const dtypes = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  U64: 'uint64',
  I32: 'int32',
  U32: 'uint32',
  I16: 'int16',
  U16: 'uint16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
} as const satisfies Record<string, NumericTypeName>;

export type Dtype = keyof typeof dtypes;

export function dtypeOf(data: NumericArray): Dtype {
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof Uint32Array) return 'U32';
  if (data instanceof Int16Array) return 'I16';
  if (data instanceof Uint16Array) return 'U16';
  return data instanceof Int8Array ? 'I8' : 'U8';
}

/** @param buffer exactly the bytes of the array. */
export function decodeTensor(entry: TensorEntry, buffer: ArrayBuffer): NdArray {
  return { shape: entry.shape, data: numericTypes[dtypes[entry.dtype]].decode(buffer) };
}

/** The reference implementation's limit. */
const maximumHeaderBytes = 100_000_000;

/** The length of the JSON text, from the first 8 bytes of a file. */
export function headerLength(first: Uint8Array, fileBytes: number, file: string): number {
  if (first.length < 8) throw invalid('it is shorter than its 8-byte length field', file);
  const length = Number(new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true));
  if (length < 2 || length > maximumHeaderBytes || length > fileBytes - 8) {
    throw invalid(`its header cannot be ${length} bytes long`, file);
  }
  return length;
}

/**
 * Checks the JSON text of a header: every array has a known type, a size that fits its shape, and a place that neither
 * overlaps another, nor leaves a gap, nor ends behind the file.
 *
 * @throws FusiformError SAFETENSORS_INVALID
 */
export function parseHeader(text: string, fileBytes: number, file: string): SafetensorsHeader {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw invalid('its header is not JSON', file, error);
  }
  if (!isRecord(parsed)) throw invalid('its header is not an object', file);
  const bytes = 8 + Buffer.byteLength(text);
  const metadata: Record<string, string> = {};
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name === '__metadata__') {
      if (!isRecord(value)) throw invalid('its metadata are not an object', file);
      for (const [key, item] of Object.entries(value)) {
        if (typeof item !== 'string') throw invalid(`the metadata "${key}" are not text`, file);
        metadata[key] = item;
      }
    } else entries.push(parseEntry(name, value, file));
  }
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let position = 0;
  for (const entry of entries) {
    if (entry.start !== position)
      throw invalid(`the array "${entry.name}" overlaps another or follows a gap`, file);
    position = entry.end;
  }
  if (bytes + position !== fileBytes) {
    throw invalid(`its arrays need ${bytes + position} bytes and it has ${fileBytes}`, file);
  }
  return { entries, metadata, bytes };
}

function parseEntry(name: string, value: unknown, file: string): TensorEntry {
  if (!isRecord(value)) throw invalid(`the array "${name}" is not described by an object`, file);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !isDtype(dtype)) {
    throw invalid(`the array "${name}" is of type ${String(dtype)}, which is not supported`, file);
  }
  if (!isCounts(shape)) throw invalid(`the array "${name}" has no valid shape`, file);
  if (!isCounts(offsets) || offsets.length !== 2)
    throw invalid(`the array "${name}" has no valid offsets`, file);
  const [start, end] = offsets;
  const expected = shape.reduce((product, size) => product * size, numericTypes[dtypes[dtype]].bytes);
  if (end - start !== expected) {
    throw invalid(`the array "${name}" has ${end - start} bytes where its shape needs ${expected}`, file);
  }
  return { name, dtype, shape, start, end };
}

function isDtype(name: string): name is Dtype {
  return Object.hasOwn(dtypes, name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

export function invalid(why: string, file: string, cause?: unknown): FusiformError {
  return new FusiformError('SAFETENSORS_INVALID', `This is not a valid safetensors file: ${why}.`, {
    file,
    cause,
  });
}
