import { FusiformError } from '../../../shared/errors.ts';
import { bestAffine, qformAffine } from '../../../shared/space/nifti-affine.ts';
import type { RawHeader } from './raw-header.ts';

export { bestAffine };

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
