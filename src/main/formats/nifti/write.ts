import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { qformParts } from './affine.ts';
import type { NiftiIntent } from './header.ts';
import type { Grid } from './space.ts';

export interface NiftiToWrite {
  readonly grid: Grid;
  /** [nVolumes, nz, ny, nx], x fastest. The type of the array is the type in the file. */
  readonly data: Float32Array | Float64Array | Int32Array | Int16Array | Uint8Array;
  /** Default 1, which writes an image of three axes. */
  readonly nVolumes?: number;
  /** Seconds between volumes. */
  readonly tR?: number;
  /** At most 79 bytes are kept. */
  readonly description?: string;
  /** What the values are: `{ code: 3, parameters: [dof] }` for t, `{ code: 5 }` for z. */
  readonly intent?: Partial<NiftiIntent> & Pick<NiftiIntent, 'code'>;
  /** How a reader turns the stored numbers into values; the data are written as they are. */
  readonly scale?: { readonly slope: number; readonly inter: number };
}

export interface WriteNiftiOptions {
  /** gzip level, default 1: brain images hardly get smaller beyond it, and take three times as long. */
  readonly level?: number;
}

const headerBytes = 352;
const chunkBytes = 1 << 22;

/** Intent codes of nifti1.h for statistical maps. */
export const niftiIntents = { t: 3, f: 4, z: 5, p: 22, estimate: 1001 } as const;

/**
 * Writes a NIfTI-1 file, compressed where the name ends in `.gz`, whole or not at all (see `writeFileAtomic`).
 *
 * sform and qform both hold the affine (code 1, scanner); an affine with shears goes into the sform alone. Lengths are
 * in millimetres, times in seconds.
 *
 * @throws RangeError where data and grid do not fit; FusiformError DISK_FULL, WRITE_FAILED
 */
export async function writeNifti(
  path: string,
  image: NiftiToWrite,
  options: WriteNiftiOptions = {},
): Promise<void> {
  const [nx, ny, nz] = image.grid.shape;
  const nVolumes = image.nVolumes ?? 1;
  if (image.data.length !== nx * ny * nz * nVolumes) {
    throw new RangeError(
      `${image.data.length} values for ${nx} x ${ny} x ${nz} voxels and ${nVolumes} volumes`,
    );
  }
  if (Math.max(nx, ny, nz, nVolumes) > 32767)
    throw new RangeError('NIfTI-1 holds at most 32767 steps an axis');
  const chunks = Readable.from(fileChunks(image, nVolumes));
  if (!/\.gz$/i.test(path)) return writeFileAtomic(path, chunks);
  const gzip = createGzip({ level: options.level ?? 1, chunkSize: 1 << 18 });
  chunks.on('error', (error) => gzip.destroy(error));
  return writeFileAtomic(path, chunks.pipe(gzip));
}

/** The same as bytes, not compressed. */
export function encodeNifti(image: NiftiToWrite): Uint8Array {
  return Buffer.concat([...fileChunks(image, image.nVolumes ?? 1)]);
}

function* fileChunks(image: NiftiToWrite, nVolumes: number): Generator<Uint8Array> {
  yield header(image, nVolumes);
  const bytes = new Uint8Array(image.data.buffer, image.data.byteOffset, image.data.byteLength);
  for (let start = 0; start < bytes.length; start += chunkBytes)
    yield bytes.subarray(start, start + chunkBytes);
}

function datatypeCode(data: NiftiToWrite['data']): number {
  if (data instanceof Uint8Array) return 2;
  if (data instanceof Int16Array) return 4;
  if (data instanceof Int32Array) return 8;
  return data instanceof Float32Array ? 16 : 64;
}

function header(image: NiftiToWrite, nVolumes: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  const short = (offset: number, ...values: number[]): void =>
    values.forEach((value, index) => {
      view.setInt16(offset + 2 * index, value, true);
    });
  const float = (offset: number, ...values: number[]): void =>
    values.forEach((value, index) => {
      view.setFloat32(offset + 4 * index, value, true);
    });
  const text = (offset: number, length: number, value: string): void => {
    new TextEncoder().encodeInto(value, bytes.subarray(offset, offset + length - 1));
  };
  const { affine, shape } = image.grid;
  const { exact, zooms, handedness, quaternion } = qformParts(affine);
  const isSeries = nVolumes > 1 || image.tR !== undefined;

  view.setInt32(0, 348, true);
  bytes[38] = 'r'.charCodeAt(0);
  short(40, isSeries ? 4 : 3, ...shape, nVolumes, 1, 1, 1);
  float(56, ...(image.intent?.parameters ?? [0, 0, 0]));
  short(68, image.intent?.code ?? 0, datatypeCode(image.data), image.data.BYTES_PER_ELEMENT * 8);
  float(76, handedness, ...zooms, image.tR ?? (isSeries ? 1 : 0));
  float(108, headerBytes, image.scale?.slope ?? 1, image.scale?.inter ?? 0);
  // Millimetres (2), and seconds (8) where the time between volumes is known.
  bytes[123] = image.tR === undefined ? 2 : 2 + 8;
  text(148, 80, image.description ?? '');
  short(252, exact ? 1 : 0, 1);
  float(256, ...quaternion, affine[3], affine[7], affine[11]);
  float(280, ...affine.subarray(0, 12));
  text(328, 16, image.intent?.name ?? '');
  bytes.set([0x6e, 0x2b, 0x31, 0], 344);
  return bytes;
}
