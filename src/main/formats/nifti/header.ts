import { constants } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { FusiformError } from '../../../shared/errors.ts';
import { mendedSpace } from '../../../shared/space/nifti-affine.ts';
import { type ByteReader, openByteReader } from '../files/byte-reader.ts';
import { statFileChecked } from '../files/read.ts';
import { bestAffine, formsApart } from './affine.ts';
import { type Datatype, datatypeOf } from './datatypes.ts';
import { maximumHeaderBytes, parseRawHeader, type RawHeader } from './raw-header.ts';
import type { Grid } from './space.ts';

export interface NiftiHeader {
  readonly format: 'nifti1' | 'nifti2';
  readonly byteOrder: 'little' | 'big';
  /** The file that was opened, or the `.img` that belongs to it. */
  readonly dataFile: string;
  readonly dataOffset: number;
  /** One number an axis: space, then time, then whatever the intent says. */
  readonly shape: readonly number[];
  readonly datatype: Datatype;
  /** Size of a step along each axis, in `units`. */
  readonly zooms: readonly number[];
  /** 4x4 row-major, voxel indices to RAS+ millimetres. */
  readonly affine: Float64Array;
  /** value = stored * slope + inter; null where the header defines no scaling. */
  readonly slope: number | null;
  readonly inter: number | null;
  /** nibabel's names. */
  readonly units: { readonly space: SpaceUnit; readonly time: TimeUnit };
  /** Seconds between volumes; null without a fourth axis, or where its unit is no time. */
  readonly tR: number | null;
  readonly intent: NiftiIntent;
  readonly description: string;
  readonly qformCode: number;
  readonly sformCode: number;
  /**
   * How far apart sform and qform put the corner of the grid that they disagree on most, in the unit of the affine; null
   * where the header does not hold both. `affine` is the sform then.
   */
  readonly formsApart: number | null;
}

export interface NiftiIntent {
  /** 0 none, 3 t (parameter: degrees of freedom), 5 z; nifti1.h lists all. */
  readonly code: number;
  readonly parameters: readonly [number, number, number];
  readonly name: string;
}

export type SpaceUnit = 'unknown' | 'meter' | 'mm' | 'micron';
export type TimeUnit = 'unknown' | 'sec' | 'msec' | 'usec' | 'hz' | 'ppm' | 'rads';

const spaceUnits: readonly SpaceUnit[] = ['unknown', 'meter', 'mm', 'micron'];
const timeUnits: readonly TimeUnit[] = ['unknown', 'sec', 'msec', 'usec', 'hz', 'ppm', 'rads'];
/** An unknown unit is read as seconds, as nilearn does: whoever uses the number checks that it is plausible. */
const secondsPerUnit: Partial<Record<TimeUnit, number>> = { unknown: 1, sec: 1, msec: 1e-3, usec: 1e-6 };

/** Deflate cannot do better: a gzip file holds at most so many times its own size. */
const maximumGzipRatio = 1032;

/**
 * Reads and checks the header of a NIfTI-1 or NIfTI-2 image: one file or a pair (`.hdr`, `.img`; either may be
 * named), compressed or not, of either byte order.
 *
 * @throws FusiformError NIFTI_BAD_MAGIC, NIFTI_BAD_DIMENSIONS, NIFTI_BAD_HEADER, NIFTI_TRUNCATED,
 *   NIFTI_DTYPE_UNSUPPORTED, GZIP_CORRUPT, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readNiftiHeader(path: string): Promise<NiftiHeader> {
  const headerFile = await headerFileOf(path);
  const reader = await openByteReader(headerFile);
  let raw: RawHeader;
  try {
    const bytes = new Uint8Array(maximumHeaderBytes);
    raw = parseRawHeader(bytes.subarray(0, await reader.read(bytes)), headerFile);
  } finally {
    await reader.close();
  }
  const shape = checkedShape(raw, headerFile);
  const datatype = datatypeOf(raw.datatype, headerFile);
  const singleFile = isSingleFile(raw, headerFile);
  const dataFile = singleFile ? headerFile : await dataFileOf(headerFile);
  const dataOffset = checkedOffset(raw, singleFile, headerFile);
  const header = interpret(raw, { shape, datatype, dataFile, dataOffset }, headerFile);
  if (singleFile) checkSize(header, reader);
  else {
    const dataReader = await openByteReader(dataFile);
    await dataReader.close();
    checkSize(header, dataReader);
  }
  return header;
}

/** The name decides where it can, as in nibabel: tools that rename or convert leave the letters of the other kind. */
function isSingleFile(raw: RawHeader, file: string): boolean {
  return /\.nii(\.gz)?$/i.test(file) || raw.singleFile;
}

function interpret(
  original: RawHeader,
  parts: Pick<NiftiHeader, 'shape' | 'datatype' | 'dataFile' | 'dataOffset'>,
  file: string,
): NiftiHeader {
  const raw = mendedSpace(original);
  const unit = timeUnits[(raw.xyztUnits >> 3) & 7] ?? 'unknown';
  const factor = secondsPerUnit[unit];
  const step = raw.pixdim[4];
  const timed = parts.shape.length >= 4 && factor !== undefined && Number.isFinite(step) && step > 0;
  return {
    format: raw.version === 1 ? 'nifti1' : 'nifti2',
    byteOrder: raw.byteOrder,
    ...parts,
    zooms: raw.pixdim.slice(1, parts.shape.length + 1),
    affine: bestAffine(raw, file),
    formsApart: formsApart(raw, parts.shape, file),
    ...scaling(raw, file),
    units: { space: spaceUnits[raw.xyztUnits & 7] ?? 'unknown', time: unit },
    tR: timed ? step * factor : null,
    intent: { code: raw.intentCode, parameters: raw.intentParameters, name: raw.intentName },
    description: raw.description,
    qformCode: raw.qformCode,
    sformCode: raw.sformCode,
  };
}

/** nibabel's `get_slope_inter`: a slope of zero, or one that is not finite, means that nothing is scaled. */
function scaling(raw: RawHeader, file: string): Pick<NiftiHeader, 'slope' | 'inter'> {
  if (raw.sclSlope === 0 || !Number.isFinite(raw.sclSlope)) return { slope: null, inter: null };
  if (!Number.isFinite(raw.sclInter)) {
    throw new FusiformError(
      'NIFTI_BAD_HEADER',
      `The header scales by ${raw.sclSlope}, but its intercept is ${raw.sclInter}.`,
      { file },
    );
  }
  return { slope: raw.sclSlope, inter: raw.sclInter };
}

function checkedShape(raw: RawHeader, file: string): readonly number[] {
  const axes = raw.dim[0];
  const shape = mendedShape(axes >= 1 && axes <= 7 ? raw.dim.slice(1, axes + 1) : [], raw.glmin);
  const voxels = shape.reduce((product, size) => product * size, 1);
  if (shape.length === 0 || shape.some((size) => size < 1) || voxels * 8 > Number.MAX_SAFE_INTEGER) {
    throw new FusiformError(
      'NIFTI_BAD_DIMENSIONS',
      `The header gives impossible dimensions: ${raw.dim.join(', ')}.`,
      {
        file,
        details: { dim: raw.dim },
      },
    );
  }
  return shape;
}

/** FreeSurfer's two ways to put the vertices of a surface into a NIfTI-1 header, whose axes end at 32767. */
function mendedShape(shape: readonly number[], glmin: number): readonly number[] {
  const [x, y, z, ...rest] = shape;
  if (x === -1 && y === 1 && z === 1) return [glmin, 1, 1, ...rest];
  if (x === 27307 && y === 1 && z === 6) return [163842, 1, 1, ...rest];
  return shape;
}

/** Where the voxels begin. In a single file 0 stands for the first byte after the header. */
function checkedOffset(raw: RawHeader, singleFile: boolean, file: string): number {
  const first = !singleFile ? 0 : raw.version === 1 ? 352 : 544;
  const offset = raw.voxOffset === 0 ? first : raw.voxOffset;
  if (!Number.isSafeInteger(offset) || offset < first) {
    throw new FusiformError('NIFTI_BAD_HEADER', `The voxels cannot begin at byte ${raw.voxOffset}.`, {
      file,
    });
  }
  return offset;
}

export function valueCount(header: NiftiHeader): number {
  return header.shape.reduce((product, size) => product * size, 1);
}

/** Refuses a header that promises more than the file can hold, before anything of that size is allocated. */
function checkSize(header: NiftiHeader, reader: ByteReader): void {
  const expected = header.dataOffset + valueCount(header) * header.datatype.bytes;
  const most = reader.gzipped ? reader.fileBytes * maximumGzipRatio : reader.fileBytes;
  if (expected > most)
    throw truncated(header, reader.gzipped ? undefined : reader.fileBytes, reader.fileBytes);
}

export function truncated(header: NiftiHeader, held: number | undefined, fileBytes?: number): FusiformError {
  const expected = header.dataOffset + valueCount(header) * header.datatype.bytes;
  const has =
    held === undefined ? `a compressed file of ${fileBytes} bytes cannot hold them` : `there are ${held}`;
  return new FusiformError(
    'NIFTI_TRUNCATED',
    `The header promises ${header.shape.join(' x ')} voxels of ${header.datatype.name}, ${expected} bytes; ${has}.`,
    { file: header.dataFile, details: { expected, held } },
  );
}

/** Refuses what is too large for one array; a series can still be read volume by volume. */
export function checkAllocation(bytes: number, file: string): void {
  if (bytes > constants.MAX_LENGTH) {
    throw new FusiformError(
      'NIFTI_BAD_DIMENSIONS',
      `The image needs ${bytes} bytes at once, which is too much.`,
      {
        file,
      },
    );
  }
}

/** The grid of the first three axes; missing ones are of size 1. */
export function gridOf(header: NiftiHeader): Grid {
  const [nx, ny = 1, nz = 1] = header.shape;
  return { shape: [nx, ny, nz], affine: header.affine };
}

/** The header beside an `.img`; any other file holds its own. */
async function headerFileOf(path: string): Promise<string> {
  if (!/\.img(\.gz)?$/i.test(path)) return path;
  await statFileChecked(path);
  return besideIt(path, 'hdr');
}

async function dataFileOf(headerFile: string): Promise<string> {
  if (!/\.hdr(\.gz)?$/i.test(headerFile)) {
    throw new FusiformError(
      'NIFTI_BAD_HEADER',
      'The header says that the voxels stand in an .img file beside it, but the file is not named .hdr.',
      { file: headerFile },
    );
  }
  return besideIt(headerFile, 'img');
}

/** The other half of a pair, compressed like this one, or else not. */
async function besideIt(path: string, extension: string): Promise<string> {
  const stem = path.replace(/\.(img|hdr)(\.gz)?$/i, '');
  const endings = /\.gz$/i.test(path) ? ['.gz', ''] : ['', '.gz'];
  for (const ending of endings) {
    const candidate = `${stem}.${extension}${ending}`;
    if (
      await stat(candidate).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  throw new FusiformError(
    'FILE_NOT_FOUND',
    `The .${extension} file that belongs to this one is not beside it.`,
    {
      file: path,
    },
  );
}
