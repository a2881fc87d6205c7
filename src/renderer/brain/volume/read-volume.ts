import { type NIFTI1, type NIFTI2, readHeader, readImage } from 'nifti-reader-js';
import { FusiformError } from '../../../shared/errors.ts';
import type { Volume } from '../../../shared/space/grid.ts';
import { bestAffine, type HeaderSpace, mendedSpace } from '../../../shared/space/nifti-affine.ts';

/** A volume as it is looked at. */
export interface ReadVolume extends Volume {
  /** Code of nifti1.h and its parameters: `{ code: 3, parameters: [dof, 0, 0] }` for t. */
  readonly intent: { readonly code: number; readonly parameters: readonly [number, number, number] };
  readonly description: string;
  /** Volumes that the file holds; the one that was read is the first, unless another was asked for. */
  readonly nVolumes: number;
}

type Header = NIFTI1 | NIFTI2;

/** Where the two versions of the header keep what the reader does not hand on. */
const places = {
  1: { quaternion: 256, offset: 268, rows: 280, step: 4, intent: 68 },
  2: { quaternion: 352, offset: 376, rows: 400, step: 8, intent: 504 },
} as const;

/**
 * A volume of a NIfTI file (`.nii` or `.nii.gz` bytes), scaled, as float32. The affine is nibabel's choice of sform, qform
 * and base affine, by the same rule as on the host: nifti-reader-js has another.
 *
 * @param name the file, for what is said of a fault
 * @throws FusiformError NIFTI_BAD_MAGIC, NIFTI_TRUNCATED, NIFTI_BAD_HEADER, NIFTI_DTYPE_UNSUPPORTED, GZIP_CORRUPT
 */
export async function readNiftiVolume(
  bytes: ArrayBuffer,
  name: string,
  { volume: at = 0 }: { readonly volume?: number } = {},
): Promise<ReadVolume> {
  const file = await inflated(bytes, name);
  const header = headerOf(file, name);
  const shape = [1, 2, 3].map((axis) => (axis <= header.dims[0] ? header.dims[axis] : 1));
  const [nx, ny, nz] = shape;
  if (shape.some((size) => !(size >= 1) || !Number.isInteger(size))) {
    throw new FusiformError('NIFTI_BAD_DIMENSIONS', `The image is ${shape.join(' x ')}.`, { file: name });
  }
  const nVolumes = header.dims.slice(4, header.dims[0] + 1).reduce((product, size) => product * size, 1);
  const count = nx * ny * nz;
  const image = readImage(header, file);
  const width = header.numBitsPerVoxel / 8;
  const start = Math.min(at, nVolumes - 1) * count * width;
  if (image.byteLength < start + count * width) {
    throw new FusiformError('NIFTI_TRUNCATED', 'The file ends before its last voxel.', { file: name });
  }
  const data = scaled(new DataView(image, start, count * width), count, header, name);
  const space = mendedSpace(spaceOf(header, file));
  return {
    grid: { shape: [nx, ny, nz], affine: bestAffine(space, name) },
    data,
    intent: intentOf(header, file, space.version),
    description: header.description.replace(/\0.*$/s, '').trim(),
    nVolumes,
  };
}

/** The header by nifti-reader-js, without its extensions, which it follows without bounds. */
function headerOf(file: ArrayBuffer, name: string): Header {
  if (file.byteLength < 352) {
    throw new FusiformError('NIFTI_TRUNCATED', 'The file ends within its header.', { file: name });
  }
  // Byte 348 says whether extensions follow.
  const first = new Uint8Array(file.slice(0, Math.min(file.byteLength, 544)));
  const isSecond =
    new DataView(first.buffer).getInt32(0, true) === 540 ||
    new DataView(first.buffer).getInt32(0, false) === 540;
  if (first.length > (isSecond ? 540 : 348)) first[isSecond ? 540 : 348] = 0;
  let header: Header | null = null;
  try {
    header = readHeader(first.buffer, true);
  } catch {
    header = null;
  }
  if (header === null) {
    throw new FusiformError('NIFTI_BAD_MAGIC', 'This is not a NIfTI file.', { file: name });
  }
  const least = isSecond ? 544 : 352;
  if (!(header.vox_offset >= least)) header.vox_offset = least;
  return header;
}

function spaceOf(header: Header, file: ArrayBuffer): HeaderSpace {
  const view = new DataView(file);
  // NIfTI-2's header is 540 bytes long, and says so first.
  const version = view.getInt32(0, header.littleEndian) === 540 ? 2 : 1;
  const { quaternion, offset, rows, step } = places[version];
  const read = (place: number): number =>
    version === 1 ? view.getFloat32(place, header.littleEndian) : view.getFloat64(place, header.littleEndian);
  const three = (place: number): [number, number, number] => [
    read(place),
    read(place + step),
    read(place + 2 * step),
  ];
  const sform = new Float64Array(16);
  for (let at = 0; at < 12; at += 1) sform[at] = read(rows + at * step);
  sform[15] = 1;
  return {
    version,
    dim: header.dims,
    pixdim: header.pixDims,
    qformCode: header.qform_code,
    sformCode: header.sform_code,
    quaternion: three(quaternion),
    qoffset: three(offset),
    sform,
  };
}

function intentOf(header: Header, file: ArrayBuffer, version: 1 | 2): ReadVolume['intent'] {
  const view = new DataView(file);
  const code =
    version === 1 ? view.getInt16(68, header.littleEndian) : view.getInt32(504, header.littleEndian);
  return { code, parameters: [header.intent_p1, header.intent_p2, header.intent_p3] };
}

type Getter = (view: DataView, at: number, little: boolean) => number;

/** By the code of nifti1.h. */
const getters: Readonly<Record<number, { readonly bytes: number; readonly get: Getter }>> = {
  2: { bytes: 1, get: (view, at) => view.getUint8(at) },
  256: { bytes: 1, get: (view, at) => view.getInt8(at) },
  512: { bytes: 2, get: (view, at, little) => view.getUint16(2 * at, little) },
  4: { bytes: 2, get: (view, at, little) => view.getInt16(2 * at, little) },
  768: { bytes: 4, get: (view, at, little) => view.getUint32(4 * at, little) },
  8: { bytes: 4, get: (view, at, little) => view.getInt32(4 * at, little) },
  1280: { bytes: 8, get: (view, at, little) => Number(view.getBigUint64(8 * at, little)) },
  1024: { bytes: 8, get: (view, at, little) => Number(view.getBigInt64(8 * at, little)) },
  16: { bytes: 4, get: (view, at, little) => view.getFloat32(4 * at, little) },
  64: { bytes: 8, get: (view, at, little) => view.getFloat64(8 * at, little) },
};

function scaled(view: DataView, count: number, header: Header, name: string): Float32Array {
  const type = getters[header.datatypeCode];
  if (type === undefined || header.numBitsPerVoxel !== 8 * type.bytes) {
    throw new FusiformError('NIFTI_DTYPE_UNSUPPORTED', `The voxels are of type ${header.datatypeCode}.`, {
      file: name,
    });
  }
  // nibabel's rule: a slope of zero, or one that is not finite, means that nothing is scaled.
  const isScaled = header.scl_slope !== 0 && Number.isFinite(header.scl_slope);
  const slope = isScaled ? header.scl_slope : 1;
  const inter = isScaled && Number.isFinite(header.scl_inter) ? header.scl_inter : 0;
  const little = header.littleEndian;
  const data = new Float32Array(count);
  for (let at = 0; at < count; at += 1) data[at] = type.get(view, at, little) * slope + inter;
  return data;
}

async function inflated(bytes: ArrayBuffer, name: string): Promise<ArrayBuffer> {
  const start = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (start[0] !== 0x1f || start[1] !== 0x8b) return bytes;
  try {
    const stream = new Response(bytes).body?.pipeThrough(new DecompressionStream('gzip'));
    return await new Response(stream).arrayBuffer();
  } catch {
    throw new FusiformError('GZIP_CORRUPT', 'The compressed file is damaged.', { file: name });
  }
}
