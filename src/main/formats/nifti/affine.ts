import { FusiformError } from '../../../shared/errors.ts';
import type { RawHeader } from './raw-header.ts';

/**
 * The affine of an image by nibabel's rule (`get_best_affine`): the sform where its code is above 0, else the qform
 * where its code is above 0, else the base affine of the Analyze format: zooms alone, first axis towards the left, the
 * origin in the centre of the grid.
 *
 * @returns 4x4 row-major, voxel indices to RAS+ in the header's unit of length (millimetres in practice)
 * @throws FusiformError NIFTI_BAD_HEADER for a qform that is no rotation, or numbers that are not finite
 */
export function bestAffine(raw: RawHeader, file: string): Float64Array {
  const affine = raw.sformCode > 0 ? raw.sform : raw.qformCode > 0 ? qformAffine(raw, file) : baseAffine(raw);
  if (!affine.every(Number.isFinite)) {
    throw new FusiformError('NIFTI_BAD_HEADER', 'The affine of the image has elements that are not finite.', {
      file,
      details: { affine: Array.from(affine) },
    });
  }
  return affine;
}

/**
 * The largest distance between the places that sform and qform give to a corner of the grid, in the header's unit; null
 * where one of the two is not set. A qform that is no rotation is infinitely far away.
 */
export function formsApart(raw: RawHeader, shape: readonly number[], file: string): number | null {
  if (raw.sformCode <= 0 || raw.qformCode <= 0) return null;
  let qform: Float64Array;
  try {
    qform = qformAffine(raw, file);
  } catch (error) {
    if (error instanceof FusiformError) return Number.POSITIVE_INFINITY;
    throw error;
  }
  const difference = raw.sform.map((value, index) => value - qform[index]);
  let largest = 0;
  for (let corner = 0; corner < 8; corner += 1) {
    const at = [0, 1, 2].map((axis) => ((corner >> axis) & 1) * ((shape[axis] ?? 1) - 1));
    const apart = [0, 4, 8].map(
      (row) =>
        difference[row] * at[0] +
        difference[row + 1] * at[1] +
        difference[row + 2] * at[2] +
        difference[row + 3],
    );
    largest = Math.max(largest, Math.hypot(...apart));
  }
  return largest;
}

function baseAffine(raw: RawHeader): Float64Array {
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

function qformAffine(raw: RawHeader, file: string): Float64Array {
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

export interface QformParts {
  /** 0 where the affine has shears and no qform can say it. */
  readonly exact: boolean;
  readonly zooms: readonly [number, number, number];
  readonly handedness: 1 | -1;
  /** b, c, d of the unit quaternion whose a is not negative. */
  readonly quaternion: readonly [number, number, number];
}

/** Takes an affine apart into what a qform holds: zooms, handedness and a rotation as a quaternion. */
export function qformParts(affine: Float64Array): QformParts {
  const zooms = [0, 1, 2].map((axis) => Math.hypot(affine[axis], affine[4 + axis], affine[8 + axis]));
  const [x, y, z] = zooms;
  const r = (row: number, column: number): number => affine[4 * row + column] / (zooms[column] || 1);
  const determinant =
    r(0, 0) * (r(1, 1) * r(2, 2) - r(1, 2) * r(2, 1)) -
    r(0, 1) * (r(1, 0) * r(2, 2) - r(1, 2) * r(2, 0)) +
    r(0, 2) * (r(1, 0) * r(2, 1) - r(1, 1) * r(2, 0));
  const handedness = determinant < 0 ? -1 : 1;
  const exact = Math.abs(Math.abs(determinant) - 1) < 1e-6;
  // A left-handed frame becomes a rotation by turning its third axis round.
  const m = (row: number, column: number): number => r(row, column) * (column === 2 ? handedness : 1);
  const quaternion = exact ? rotationToQuaternion(m) : [0, 0, 0];
  return {
    exact,
    zooms: [x, y, z],
    handedness: exact ? handedness : 1,
    quaternion: [quaternion[0], quaternion[1], quaternion[2]],
  };
}

/** Shepperd's method: divide by the largest of the four components. */
function rotationToQuaternion(m: (row: number, column: number) => number): number[] {
  const trace = m(0, 0) + m(1, 1) + m(2, 2);
  const squares = [1 + trace, 1 + 2 * m(0, 0) - trace, 1 + 2 * m(1, 1) - trace, 1 + 2 * m(2, 2) - trace];
  const largest = squares.indexOf(Math.max(...squares));
  const q = [0, 0, 0, 0];
  q[largest] = Math.sqrt(squares[largest]) / 2;
  const quarter = 1 / (4 * q[largest]);
  const antisymmetric = [m(2, 1) - m(1, 2), m(0, 2) - m(2, 0), m(1, 0) - m(0, 1)];
  if (largest === 0) {
    for (let axis = 0; axis < 3; axis += 1) q[axis + 1] = antisymmetric[axis] * quarter;
  } else {
    const own = largest - 1;
    q[0] = antisymmetric[own] * quarter;
    for (let axis = 0; axis < 3; axis += 1) {
      if (axis !== own) q[axis + 1] = (m(axis, own) + m(own, axis)) * quarter;
    }
  }
  const sign = q[0] < 0 ? -1 : 1;
  return [q[1] * sign, q[2] * sign, q[3] * sign];
}
