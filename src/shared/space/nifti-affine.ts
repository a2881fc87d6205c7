import { FusiformError } from '../errors.ts';

/** What a NIfTI header says of where its voxels lie, with zooms mended as nibabel does: none is 0 or negative. */
export interface HeaderSpace {
  readonly version: 1 | 2;
  /** dim[0] is the number of axes. */
  readonly dim: readonly number[];
  readonly pixdim: readonly number[];
  readonly qformCode: number;
  readonly sformCode: number;
  readonly quaternion: readonly [number, number, number];
  readonly qoffset: readonly [number, number, number];
  /** 4x4 row-major. */
  readonly sform: Float64Array;
}

/** The same header as nibabel mends it on reading: a step of zero counts as 1, a negative one by its size, an unknown code as 0. */
export function mendedSpace<Header extends HeaderSpace>(original: Header): Header {
  const pixdim = original.pixdim.map((value, index) =>
    index >= 1 && index <= 3 ? (value === 0 ? 1 : Math.abs(value)) : value,
  );
  return {
    ...original,
    pixdim,
    qformCode: knownCode(original.qformCode),
    sformCode: knownCode(original.sformCode),
  };
}

/** nifti1.h names the codes 0 to 5; what it does not name counts as 0, unknown. */
function knownCode(code: number): number {
  return code >= 0 && code <= 5 ? code : 0;
}

/**
 * The affine of an image by nibabel's rule (`get_best_affine`): the sform where its code is above 0, else the qform
 * where its code is above 0, else the base affine of the Analyze format: zooms alone, first axis towards the left, the
 * origin in the centre of the grid.
 *
 * @returns 4x4 row-major, voxel indices to RAS+ in the header's unit of length (millimetres in practice)
 * @throws FusiformError NIFTI_BAD_HEADER for a qform that is no rotation, or numbers that are not finite
 */
export function bestAffine(raw: HeaderSpace, file: string): Float64Array {
  const affine = raw.sformCode > 0 ? raw.sform : raw.qformCode > 0 ? qformAffine(raw, file) : baseAffine(raw);
  if (!affine.every(Number.isFinite)) {
    throw new FusiformError('NIFTI_BAD_HEADER', 'The affine of the image has elements that are not finite.', {
      file,
      details: { affine: Array.from(affine) },
    });
  }
  return affine;
}

function baseAffine(raw: HeaderSpace): Float64Array {
  const affine = new Float64Array(16);
  for (let axis = 0; axis < 3; axis += 1) {
    const size = axis < raw.dim[0] ? raw.dim[axis + 1] : 1;
    const zoom = axis < raw.dim[0] ? raw.pixdim[axis + 1] : 1;
    const step = axis === 0 ? -zoom : zoom;
    affine[5 * axis] = step;
    affine[4 * axis + 3] = (-(size - 1) / 2) * step;
  }
  affine[15] = 1;
  return affine;
}

/** @throws FusiformError NIFTI_BAD_HEADER for a quaternion that is no rotation */
export function qformAffine(raw: HeaderSpace, file: string): Float64Array {
  const [b, c, d] = raw.quaternion;
  // a² follows from the unit length; rounding may take it just below zero (nibabel's threshold: 3 epsilon).
  const squared = 1 - (b * b + c * c + d * d);
  const threshold = 3 * (raw.version === 1 ? 2 ** -23 : Number.EPSILON);
  if (!(squared > -threshold)) {
    throw new FusiformError(
      'NIFTI_BAD_HEADER',
      `The quaternion of the qform is no rotation: ${b}, ${c}, ${d}.`,
      {
        file,
      },
    );
  }
  const a = Math.abs(squared) < threshold ? 0 : Math.sqrt(squared);
  const norm = a * a + b * b + c * c + d * d;
  const s = 2 / norm;
  const rotation = [
    [1 - s * (c * c + d * d), s * (b * c - d * a), s * (b * d + c * a)],
    [s * (b * c + d * a), 1 - s * (b * b + d * d), s * (c * d - b * a)],
    [s * (b * d - c * a), s * (c * d + b * a), 1 - s * (b * b + c * c)],
  ];
  // pixdim[0] is the handedness, -1 or 1; anything else counts as 1, as nibabel mends it.
  const steps = [raw.pixdim[1], raw.pixdim[2], raw.pixdim[3] * (raw.pixdim[0] === -1 ? -1 : 1)];
  const affine = new Float64Array(16);
  for (let row = 0; row < 3; row += 1) {
    for (let column = 0; column < 3; column += 1)
      affine[4 * row + column] = rotation[row][column] * steps[column];
    affine[4 * row + 3] = raw.qoffset[row];
  }
  affine[15] = 1;
  return affine;
}
