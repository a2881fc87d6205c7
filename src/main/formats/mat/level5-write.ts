import { Readable } from 'node:stream';
import { deflateSync } from 'node:zlib';
import { FusiformError } from '../../../shared/errors.ts';
import type { NdArray, NumericArray } from '../../math/nd-array.ts';
import { toColumnMajor } from '../axis-order.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import {
  miCompressed,
  miInt8,
  miInt32,
  miMatrix,
  miUint16,
  miUint32,
  mxCell,
  mxChar,
} from './level5-types.ts';

/**
 * What is written: an array of numbers (at least two axes; fewer become a column or a scalar), a text, or a column of
 * texts.
 */
export type MatInput = MatArray | string | readonly string[];

export interface MatArray extends NdArray {
  /** Of the values; default row-major. An array that is column-major already is not copied. */
  readonly order?: 'row-major' | 'column-major';
}

/** The format counts the bytes of a variable in 31 bits. */
export const largestVariableBytes = 2 ** 31 - 1024;
/** Larger arrays are written as they are: compression needs a second copy, and gains little on measured numbers. */
const mostCompressedBytes = 2 ** 26;
/** Written at a time. */
const bytesAtOnce = 2 ** 24;

/**
 * Writes a MATLAB file of Level 5 with compressed variables, as MATLAB 7 and later, Octave and scipy read it. Arrays
 * keep their shape; texts become a cell array [n, 1] of char rows. The same variables always give the same bytes. Whole
 * or not at all (see `writeFileAtomic`).
 *
 * @throws FusiformError MAT_TOO_LARGE where a variable would have 2 GB or more; DISK_FULL, WRITE_FAILED
 */
export async function writeMatFile(
  path: string,
  variables: Readonly<Record<string, MatInput>>,
): Promise<void> {
  for (const [name, value] of Object.entries(variables)) {
    if (isArray(value)) requireVariableFits(name, value.data.byteLength, path);
  }
  await writeFileAtomic(path, Readable.from(fileChunks(variables)));
}

/** @throws FusiformError MAT_TOO_LARGE */
export function requireVariableFits(name: string, bytes: number, path: string): void {
  if (bytes <= largestVariableBytes) return;
  throw new FusiformError(
    'MAT_TOO_LARGE',
    `"${name}" would have ${bytes} bytes; a variable of this format holds at most 2 GB.`,
    { file: path },
  );
}

function isArray(value: MatInput): value is MatArray {
  return typeof value === 'object' && 'data' in value;
}

function* fileChunks(variables: Readonly<Record<string, MatInput>>): Generator<Uint8Array> {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file, written by Fusiform', 0, 'latin1');
  header.fill(0, 116, 124);
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126, 'latin1');
  yield header;
  for (const [name, value] of Object.entries(variables)) {
    const parts = partsOf(name, value);
    if (lengthOf(parts) > mostCompressedBytes) {
      for (const part of parts) {
        for (let from = 0; from < part.length; from += bytesAtOnce)
          yield part.subarray(from, from + bytesAtOnce);
      }
    } else {
      const compressed = deflateSync(Buffer.concat(parts));
      yield tag(miCompressed, compressed.length);
      yield compressed;
    }
  }
}

function partsOf(name: string, value: MatInput): Uint8Array[] {
  if (isArray(value)) return numericArray(name, value);
  return typeof value === 'string' ? charArray(name, value) : cellArray(name, value);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Numbers of the class (`mx...`) and of the data element (`mi...`) of an array's type. */
function typesOf(data: NumericArray): { classNumber: number; elementType: number } {
  if (data instanceof Float64Array) return { classNumber: 6, elementType: 9 };
  if (data instanceof Float32Array) return { classNumber: 7, elementType: 7 };
  if (data instanceof Int8Array) return { classNumber: 8, elementType: 1 };
  if (data instanceof Uint8Array) return { classNumber: 9, elementType: 2 };
  if (data instanceof Int16Array) return { classNumber: 10, elementType: 3 };
  if (data instanceof Uint16Array) return { classNumber: 11, elementType: 4 };
  if (data instanceof Int32Array) return { classNumber: 12, elementType: 5 };
  return { classNumber: 13, elementType: 6 };
}

function numericArray(name: string, { shape, data, order }: MatArray): Uint8Array[] {
  if (shape.reduce((product, size) => product * size, 1) !== data.length) {
    throw new RangeError(`"${name}": ${data.length} values for the shape ${shape.join(' x ')}`);
  }
  const { classNumber, elementType } = typesOf(data);
  const ordered = order === 'column-major' ? data : toColumnMajor(data, shape);
  const bytes = new Uint8Array(ordered.buffer, ordered.byteOffset, ordered.byteLength);
  const whole = [...shape, 1, 1].slice(0, Math.max(2, shape.length));
  return matrix(classNumber, whole, name, element(elementType, bytes));
}

function charArray(name: string, text: string): Uint8Array[] {
  const units = Buffer.from(text, 'utf16le');
  return matrix(mxChar, [text.length === 0 ? 0 : 1, text.length], name, element(miUint16, units));
}

function cellArray(name: string, texts: readonly string[]): Uint8Array[] {
  return matrix(
    mxCell,
    [texts.length, 1],
    name,
    texts.flatMap((text) => charArray('', text)),
  );
}

function matrix(
  classNumber: number,
  shape: readonly number[],
  name: string,
  body: readonly Uint8Array[],
): Uint8Array[] {
  const flags = Buffer.alloc(8);
  flags.writeUInt32LE(classNumber, 0);
  const dimensions = Buffer.alloc(4 * shape.length);
  shape.forEach((size, axis) => {
    dimensions.writeInt32LE(size, 4 * axis);
  });
  const parts = [
    ...element(miUint32, flags),
    ...element(miInt32, dimensions),
    ...element(miInt8, Buffer.from(name, 'utf8')),
    ...body,
  ];
  return [tag(miMatrix, lengthOf(parts)), ...parts];
}

function element(type: number, bytes: Uint8Array): Uint8Array[] {
  return [tag(type, bytes.length), bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)];
}

function tag(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}
