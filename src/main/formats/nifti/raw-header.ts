import { FusiformError } from '../../../shared/errors.ts';

/**
 * The fields of a NIfTI header as they stand in the file.
 *
 * They are parsed here and not by nifti-reader-js (0.8), which the tests use as a second opinion: it prefers the qform
 * to the sform, knows no qform in NIfTI-2, does not centre the grid when neither is set, and follows extension sizes
 * without bounds.
 */
export interface RawHeader {
  readonly version: 1 | 2;
  readonly byteOrder: 'little' | 'big';
  /** Whether the header says that the voxels follow in the same file; else they stand in an `.img` beside the `.hdr`. */
  readonly singleFile: boolean;
  /** dim[0] is the number of axes. */
  readonly dim: readonly number[];
  /** NIfTI-1 alone: where FreeSurfer puts the length of a vector that dim cannot hold. */
  readonly glmin: number;
  readonly pixdim: readonly number[];
  readonly datatype: number;
  readonly voxOffset: number;
  readonly sclSlope: number;
  readonly sclInter: number;
  readonly xyztUnits: number;
  readonly intentCode: number;
  readonly intentParameters: readonly [number, number, number];
  readonly intentName: string;
  readonly description: string;
  readonly qformCode: number;
  readonly sformCode: number;
  readonly quaternion: readonly [number, number, number];
  readonly qoffset: readonly [number, number, number];
  /** 4x4 row-major. */
  readonly sform: Float64Array;
}

/** The longer of the two headers. */
export const maximumHeaderBytes = 540;

/**
 * @param bytes the beginning of the file: 540 bytes, or all there are.
 * @throws FusiformError NIFTI_BAD_MAGIC, NIFTI_TRUNCATED, NIFTI_BAD_HEADER, FILE_EMPTY
 */
export function parseRawHeader(bytes: Uint8Array, file: string): RawHeader {
  if (bytes.length === 0)
    throw new FusiformError('FILE_EMPTY', 'The compressed file holds nothing.', { file });
  const { version, little } = recognise(bytes, file);
  const headerBytes = version === 1 ? 348 : 540;
  if (bytes.length < headerBytes) {
    throw new FusiformError(
      'NIFTI_TRUNCATED',
      `The file ends within its header: ${bytes.length} of ${headerBytes} bytes are there.`,
      { file },
    );
  }
  const magic = magicOf(bytes, version);
  if (magic !== `n+${version}` && magic !== `ni${version}`) {
    const what =
      version === 1 && magic === ''
        ? 'This is an Analyze 7.5 header'
        : 'The header has the size of a NIfTI header';
    throw new FusiformError('NIFTI_BAD_MAGIC', `${what}, but not the letters that mark NIfTI ("${magic}").`, {
      file,
    });
  }
  if (version === 2) checkLineEnds(bytes, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return version === 1
    ? parseVersion1(bytes, view, little, magic === 'n+1')
    : parseVersion2(bytes, view, little, magic === 'n+2');
}

/**
 * Version and byte order, by the size that the header states of itself; where that is damaged, NIfTI-1 is known by its
 * letters. The order is the one in which the number of axes makes sense (nibabel's rule); where neither does, that of
 * the size.
 */
function recognise(bytes: Uint8Array, file: string): { version: 1 | 2; little: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = bytes.length < 4 ? [] : [view.getInt32(0, true), view.getInt32(0, false)];
  const marked = bytes.length >= 348 && ['n+1', 'ni1'].includes(magicOf(bytes, 1));
  const version = sizes.includes(348) || marked ? 1 : sizes.includes(540) ? 2 : undefined;
  if (version === undefined) {
    throw new FusiformError(
      'NIFTI_BAD_MAGIC',
      'This is not a NIfTI file: it does not begin with a NIfTI header.',
      {
        file,
      },
    );
  }
  const littleBySize = sizes[0] === (version === 1 ? 348 : 540);
  if (version === 2 || bytes.length < 42) return { version, little: littleBySize };
  const plausible = (axes: number): boolean => axes >= 1 && axes <= 7;
  const [inLittle, inBig] = [plausible(view.getInt16(40, true)), plausible(view.getInt16(40, false))];
  return { version, little: inLittle === inBig ? littleBySize : inLittle };
}

/** NIfTI-2 marks itself with line ends, which a transfer as text changes, and the voxels with them. */
function checkLineEnds(bytes: Uint8Array, file: string): void {
  const marks = bytes.subarray(8, 12);
  const whole = [13, 10, 26, 10].every((mark, at) => marks[at] === mark);
  if (whole || marks.every((mark) => mark === 0)) return;
  throw new FusiformError(
    'NIFTI_BAD_HEADER',
    'The line ends that mark a NIfTI-2 file are changed: it was probably copied as text, which damages the voxels.',
    { file },
  );
}

function magicOf(bytes: Uint8Array, version: 1 | 2): string {
  return text(bytes, version === 1 ? 344 : 4, 4);
}

function parseVersion1(bytes: Uint8Array, view: DataView, little: boolean, singleFile: boolean): RawHeader {
  const short = (offset: number): number => view.getInt16(offset, little);
  const float = (offset: number): number => view.getFloat32(offset, little);
  return {
    version: 1,
    byteOrder: little ? 'little' : 'big',
    singleFile,
    dim: list(8, (index) => short(40 + 2 * index)),
    glmin: view.getInt32(144, little),
    pixdim: list(8, (index) => float(76 + 4 * index)),
    datatype: short(70),
    // A float in NIfTI-1; what it has behind the point does not count.
    voxOffset: Math.trunc(float(108)),
    sclSlope: float(112),
    sclInter: float(116),
    xyztUnits: bytes[123],
    intentCode: short(68),
    intentParameters: [float(56), float(60), float(64)],
    intentName: text(bytes, 328, 16),
    description: text(bytes, 148, 80),
    qformCode: short(252),
    sformCode: short(254),
    quaternion: [float(256), float(260), float(264)],
    qoffset: [float(268), float(272), float(276)],
    sform: sformRows((index) => float(280 + 4 * index)),
  };
}

function parseVersion2(bytes: Uint8Array, view: DataView, little: boolean, singleFile: boolean): RawHeader {
  const int = (offset: number): number => view.getInt32(offset, little);
  const long = (offset: number): number => Number(view.getBigInt64(offset, little));
  const double = (offset: number): number => view.getFloat64(offset, little);
  return {
    version: 2,
    byteOrder: little ? 'little' : 'big',
    singleFile,
    dim: list(8, (index) => long(16 + 8 * index)),
    glmin: 0,
    pixdim: list(8, (index) => double(104 + 8 * index)),
    datatype: view.getInt16(12, little),
    voxOffset: long(168),
    sclSlope: double(176),
    sclInter: double(184),
    xyztUnits: int(500),
    intentCode: int(504),
    intentParameters: [double(80), double(88), double(96)],
    intentName: text(bytes, 508, 16),
    description: text(bytes, 240, 80),
    qformCode: int(344),
    sformCode: int(348),
    quaternion: [double(352), double(360), double(368)],
    qoffset: [double(376), double(384), double(392)],
    sform: sformRows((index) => double(400 + 8 * index)),
  };
}

function list(length: number, at: (index: number) => number): number[] {
  return Array.from({ length }, (_, index) => at(index));
}

function sformRows(at: (index: number) => number): Float64Array {
  const sform = new Float64Array(16);
  for (let index = 0; index < 12; index += 1) sform[index] = at(index);
  sform[15] = 1;
  return sform;
}

/** A fixed field of text, which ends at its first NUL. */
function text(bytes: Uint8Array, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  // TextDecoder's "latin1" is windows-1252.
  return Buffer.from(end < 0 ? field : field.subarray(0, end))
    .toString('latin1')
    .trim();
}
