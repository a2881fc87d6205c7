import { dirname, join, relative } from 'node:path';
import { unzipSync } from 'node:zlib';
import { FusiformError } from '../../../shared/errors.ts';
import { RandomAccessFile } from '../files/random-access.ts';
import { type Datatype, datatypeNamed, decodeValues, type RawValues } from '../nifti/datatypes.ts';
import { countElements } from '../numeric-types.ts';
import type { ArrayElement } from './document.ts';
import type { GiftiArray } from './gifti.ts';

/** Deflate cannot do better. */
const maximumRatio = 1032;
/** GIfTI allows six axes. */
const mostAxes = 6;

/**
 * The numbers of one array. Nothing is allocated on the word of the dimensions alone: what they promise is compared with
 * the text that is there.
 *
 * @throws FusiformError GIFTI_INVALID, GIFTI_UNSUPPORTED with the line of the element
 */
export async function decodeArray(element: ArrayElement, file: string): Promise<GiftiArray> {
  const { attributes } = element;
  const fault = (message: string, code: 'GIFTI_INVALID' | 'GIFTI_UNSUPPORTED' = 'GIFTI_INVALID') =>
    new FusiformError(code, message, { file, line: element.line });
  const typeName = (attributes.DataType ?? '').replace(/^NIFTI_TYPE_/, '').toLowerCase();
  const datatype = datatypeNamed(typeName);
  if (!datatype) throw fault(`The numbers are of type "${attributes.DataType}".`, 'GIFTI_UNSUPPORTED');
  const shape = shapeOf(attributes);
  const count = shape && countElements(shape);
  if (!shape || count === null) throw fault('The dimensions of an array are no counts.');
  const stored = await storedValues(element, datatype, count, file, fault);
  const columnMajor = attributes.ArrayIndexingOrder === 'ColumnMajorOrder';
  return {
    intent: (attributes.Intent ?? '').replace(/^NIFTI_INTENT_/, '').toLowerCase(),
    dtype: datatype.name,
    shape,
    data: columnMajor ? rowMajor(stored, shape) : stored,
    metadata: element.metadata,
    coordinateSystems: element.coordinateSystems,
  };
}

function shapeOf(attributes: ArrayElement['attributes']): number[] | null {
  const axes = Number(attributes.Dimensionality);
  if (!Number.isInteger(axes) || axes < 1 || axes > mostAxes) return null;
  const shape = Array.from({ length: axes }, (_, axis) => Number(attributes[`Dim${axis}`] ?? Number.NaN));
  return shape.every((size) => Number.isSafeInteger(size) && size >= 0) ? shape : null;
}

type Fault = (message: string, code?: 'GIFTI_INVALID' | 'GIFTI_UNSUPPORTED') => FusiformError;

async function storedValues(
  { attributes, data }: ArrayElement,
  datatype: Datatype,
  count: number,
  file: string,
  fault: Fault,
): Promise<RawValues> {
  const byteOrder = attributes.Endian === 'BigEndian' ? 'big' : 'little';
  const expected = count * datatype.bytes;
  const fromBytes = (bytes: Uint8Array): RawValues => {
    if (bytes.length !== expected) {
      throw fault(
        `An array of ${count} ${datatype.name} needs ${expected} bytes; there are ${bytes.length}.`,
      );
    }
    // In memory of their own, where every type is aligned.
    return decodeValues(new Uint8Array(bytes).buffer, count, datatype, byteOrder);
  };
  switch (attributes.Encoding) {
    case 'ASCII':
      return fromAscii(data, datatype, count, fault);
    case 'Base64Binary':
      return fromBytes(Buffer.from(data, 'base64'));
    case 'GZipBase64Binary':
      return fromBytes(inflate(Buffer.from(data, 'base64'), expected, fault));
    case 'ExternalFileBinary':
      return fromBytes(await externalBytes(attributes, expected, file, fault));
    default:
      throw fault(`The numbers are encoded as "${attributes.Encoding}".`, 'GIFTI_UNSUPPORTED');
  }
}

function fromAscii(text: string, datatype: Datatype, count: number, fault: Fault): RawValues {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length !== count) {
    throw fault(`An array of ${count} values has ${words.length} numbers.`);
  }
  const values = Float64Array.from(words, asNumber);
  values.forEach((value, at) => {
    if (Number.isNaN(value) && !/^[+-]?nan$/i.test(words[at])) throw fault(`"${words[at]}" is no number.`);
  });
  const stored = datatype.view(new ArrayBuffer(count * datatype.bytes), count);
  stored.set(values);
  return stored;
}

function asNumber(word: string): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
  return infinite
    ? infinite[1] === '-'
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY
    : Number(word);
}

function inflate(bytes: Buffer, expected: number, fault: Fault): Uint8Array {
  if (expected > bytes.length * maximumRatio) {
    throw fault(`An array promises ${expected} bytes, more than ${bytes.length} compressed ones can hold.`);
  }
  try {
    return unzipSync(bytes, { maxOutputLength: Math.max(1, expected) });
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw fault(
      tooLong
        ? `The compressed numbers of an array go on behind the ${expected} bytes that it promises.`
        : 'The compressed numbers of an array are damaged.',
    );
  }
}

/** Numbers in a file beside this one. A name that leads out of the folder is refused. */
async function externalBytes(
  { ExternalFileName = '', ExternalFileOffset = '0' }: ArrayElement['attributes'],
  expected: number,
  file: string,
  fault: Fault,
): Promise<Uint8Array> {
  const folder = dirname(file);
  const path = join(folder, ExternalFileName);
  const inside = relative(folder, path);
  if (ExternalFileName === '' || inside.startsWith('..') || inside === '') {
    throw fault(
      `The numbers stand in a file outside of the folder: "${ExternalFileName}".`,
      'GIFTI_UNSUPPORTED',
    );
  }
  const offset = Number(ExternalFileOffset || '0');
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw fault(`"${ExternalFileOffset}" is no place in a file.`);
  const external = await RandomAccessFile.open(path);
  try {
    return await external.read(offset, expected);
  } finally {
    await external.close();
  }
}

/** Values of which the first axis runs fastest, with the last one fastest. */
function rowMajor(values: RawValues, shape: readonly number[]): RawValues {
  const result = values.slice();
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const at = shape.map(() => 0);
  for (let to = 0; to < values.length; to += 1) {
    let from = 0;
    for (let axis = 0; axis < at.length; axis += 1) from += at[axis] * strides[axis];
    result[to] = values[from];
    for (let axis = at.length - 1; axis >= 0; axis -= 1) {
      at[axis] += 1;
      if (at[axis] < shape[axis]) break;
      at[axis] = 0;
    }
  }
  return result;
}
