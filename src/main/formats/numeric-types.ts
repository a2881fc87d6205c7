import type { NumericArray } from '../math/nd-array.ts';

interface NumericType {
  readonly bytes: number;
  /** @param buffer exactly the bytes of the values, in the machine's byte order. */
  readonly decode: (buffer: ArrayBuffer) => NumericArray;
}

/**
 * Types of numbers in files, by numpy's names, and what they become here: half precision and bfloat16 are widened to
 * float32; 64-bit integers to float64, exact up to 2^53; bool is uint8.
 */
export const numericTypes = {
  float64: { bytes: 8, decode: (buffer) => new Float64Array(buffer) },
  float32: { bytes: 4, decode: (buffer) => new Float32Array(buffer) },
  float16: { bytes: 2, decode: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber) },
  bfloat16: { bytes: 2, decode: bfloat16ToFloat32 },
  int64: { bytes: 8, decode: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number) },
  uint64: { bytes: 8, decode: (buffer) => Float64Array.from(new BigUint64Array(buffer), Number) },
  int32: { bytes: 4, decode: (buffer) => new Int32Array(buffer) },
  uint32: { bytes: 4, decode: (buffer) => new Uint32Array(buffer) },
  int16: { bytes: 2, decode: (buffer) => new Int16Array(buffer) },
  uint16: { bytes: 2, decode: (buffer) => new Uint16Array(buffer) },
  int8: { bytes: 1, decode: (buffer) => new Int8Array(buffer) },
  uint8: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
  bool: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
} as const satisfies Record<string, NumericType>;

export type NumericTypeName = keyof typeof numericTypes;

/** Turns the bytes of each value round, in place. */
export function swapBytes(values: Uint8Array, bytesEach: number): void {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (bytesEach === 2) bytes.swap16();
  else if (bytesEach === 4) bytes.swap32();
  else if (bytesEach === 8) bytes.swap64();
}

/** The values of one type in a file. @param bytes of their own (not part of a larger buffer); they may be overwritten. */
export function decodeNumbers(
  type: NumericTypeName,
  bytes: Uint8Array<ArrayBuffer>,
  bigEndian: boolean,
): NumericArray {
  if (bigEndian) swapBytes(bytes, numericTypes[type].bytes);
  return numericTypes[type].decode(bytes.buffer);
}

/** Number of elements, or null where the axes are no counts or their product is no exact integer. */
export function countElements(shape: readonly number[]): number | null {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return null;
    count *= size;
    if (!Number.isSafeInteger(count)) return null;
  }
  return count;
}

function bfloat16ToFloat32(buffer: ArrayBuffer): Float32Array {
  // The upper half of a float32.
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer);
}

/** IEEE 754 binary16. */
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
