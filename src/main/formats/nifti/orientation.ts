import { crossProduct, matrix, multiply, transpose } from '../../math/matrix.ts';
import { symmetricEigen } from '../../math/symmetric-eigen.ts';

/** How a voxel axis lies: the world axis (0 x, 1 y, 2 z) that it follows, and whether it grows with it. */
export interface AxisDirection {
  readonly world: number;
  readonly sign: 1 | -1;
}

const directions = [
  ['L', 'R'],
  ['P', 'A'],
  ['I', 'S'],
] as const;

/**
 * The world axis that each voxel axis is closest to (nibabel's `io_orientation`): the affine without its zooms and
 * shears is a rotation, and its columns take their largest elements in turn, the clearest first, so that no world axis
 * is taken twice. An axis without extent gives null.
 *
 * @param affine 4x4 row-major, voxel to RAS+ millimetres.
 */
export function axisDirections(affine: Float64Array): readonly (AxisDirection | null)[] {
  const rotation = nearestRotation(affine);
  const clearest = [0, 1, 2]
    .map((axis) => ({
      axis,
      cosine: Math.max(...[0, 1, 2].map((world) => Math.abs(rotation[3 * world + axis]))),
    }))
    .sort((a, b) => b.cosine - a.cosine);
  const result: (AxisDirection | null)[] = [null, null, null];
  const taken = new Set<number>();
  for (const { axis } of clearest) {
    const free = [0, 1, 2].filter((world) => !taken.has(world));
    const world = free.reduce((best, next) =>
      Math.abs(rotation[3 * next + axis]) > Math.abs(rotation[3 * best + axis]) ? next : best,
    );
    const cosine = rotation[3 * world + axis];
    if (Math.abs(cosine) < 1e-9) continue;
    result[axis] = { world, sign: cosine > 0 ? 1 : -1 };
    taken.add(world);
  }
  return result;
}

/** The anatomical directions towards which the voxel axes grow, such as `RAS` or `LPI` (nibabel's `aff2axcodes`). */
export function orientationCode(affine: Float64Array): string {
  return axisDirections(affine)
    .map((direction) => (direction ? directions[direction.world][direction.sign > 0 ? 1 : 0] : '?'))
    .join('');
}

/** The orthogonal factor A (A'A)^-1/2 of the affine's directions A, 3x3 row-major; directions without extent stay zero. */
function nearestRotation(affine: Float64Array): Float64Array {
  const a = matrix(3, 3);
  for (let axis = 0; axis < 3; axis += 1) {
    const length = Math.hypot(affine[axis], affine[4 + axis], affine[8 + axis]);
    for (let world = 0; world < 3; world += 1) {
      a.data[3 * world + axis] = length > 0 ? affine[4 * world + axis] / length : 0;
    }
  }
  const { values, vectors } = symmetricEigen(crossProduct(a, a));
  const scaled = matrix(3, 3, vectors.data.slice());
  const least = values[0] * 3 * Number.EPSILON;
  for (let column = 0; column < 3; column += 1) {
    const factor = values[column] > least ? 1 / Math.sqrt(values[column]) : 0;
    for (let row = 0; row < 3; row += 1) scaled.data[3 * row + column] *= factor;
  }
  return Float64Array.from(multiply(a, multiply(scaled, transpose(vectors))).data);
}
