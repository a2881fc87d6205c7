import { FusiformError } from '../../../shared/errors.ts';

/** Voxel values as the file stores them, in the machine's byte order. */
export type RawValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

export interface Datatype {
  readonly code: number;
  /** numpy's name. */
  readonly name: string;
  readonly bytes: number;
  /** Whether float32 cannot hold every value. */
  readonly wide: boolean;
  /** A view where the type allows it; 64-bit integers beyond 2^53 are rounded to the nearest double. */
  readonly view: (buffer: ArrayBuffer, count: number) => RawValues;
}

/** The type of numpy's name, if it is one that is read. */
export function datatypeNamed(name: string): Datatype | undefined {
  return datatypes.find((datatype) => datatype.name === name);
}

const datatypes: readonly Datatype[] = [
  { code: 2, name: 'uint8', bytes: 1, wide: false, view: (b, n) => new Uint8Array(b, 0, n) },
  { code: 256, name: 'int8', bytes: 1, wide: false, view: (b, n) => new Int8Array(b, 0, n) },
  { code: 512, name: 'uint16', bytes: 2, wide: false, view: (b, n) => new Uint16Array(b, 0, n) },
  { code: 4, name: 'int16', bytes: 2, wide: false, view: (b, n) => new Int16Array(b, 0, n) },
  { code: 768, name: 'uint32', bytes: 4, wide: true, view: (b, n) => new Uint32Array(b, 0, n) },
  { code: 8, name: 'int32', bytes: 4, wide: true, view: (b, n) => new Int32Array(b, 0, n) },
  {
    code: 1280,
    name: 'uint64',
    bytes: 8,
    wide: true,
    view: (b, n) => Float64Array.from(new BigUint64Array(b, 0, n), Number),
  },
  {
    code: 1024,
    name: 'int64',
    bytes: 8,
    wide: true,
    view: (b, n) => Float64Array.from(new BigInt64Array(b, 0, n), Number),
  },
  { code: 16, name: 'float32', bytes: 4, wide: false, view: (b, n) => new Float32Array(b, 0, n) },
  { code: 64, name: 'float64', bytes: 8, wide: true, view: (b, n) => new Float64Array(b, 0, n) },
];

/** Types that the standard knows and that hold no single number a voxel, or more than a double can. */
const unsupported = new Map([
  [0, 'unknown'],
  [1, 'binary'],
  [32, 'complex64'],
  [128, 'RGB'],
  [1536, 'float128'],
  [1792, 'complex128'],
  [2048, 'complex256'],
  [2304, 'RGBA'],
]);

/** @throws FusiformError NIFTI_DTYPE_UNSUPPORTED */
export function datatypeOf(code: number, file: string): Datatype {
  const found = datatypes.find((datatype) => datatype.code === code);
  if (found !== undefined) return found;
  const name = unsupported.get(code);
  const type = name === undefined ? `type ${code}, which NIfTI does not define` : `type ${name} (${code})`;
  throw new FusiformError('NIFTI_DTYPE_UNSUPPORTED', `The voxels are of ${type}.`, {
    file,
    details: { code },
  });
}

const machineIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Stored bytes as numbers. Turns the bytes round in place where the file's order is not the machine's. */
export function decodeValues(
  buffer: ArrayBuffer,
  count: number,
  datatype: Datatype,
  byteOrder: 'little' | 'big',
): RawValues {
  if ((byteOrder === 'little') !== machineIsLittleEndian) {
    const bytes = Buffer.from(buffer, 0, count * datatype.bytes);
    if (datatype.bytes === 2) bytes.swap16();
    else if (datatype.bytes === 4) bytes.swap32();
    else if (datatype.bytes === 8) bytes.swap64();
  }
  return datatype.view(buffer, count);
}
