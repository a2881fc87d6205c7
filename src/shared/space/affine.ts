import { FusiformError } from '../errors.ts';

/** The product of two 4x4 row-major affines: `b` first, then `a`. */
export function composeAffines(a: Float64Array, b: Float64Array): Float64Array {
  const product = new Float64Array(16);
  for (let row = 0; row < 4; row += 1) {
    for (let column = 0; column < 4; column += 1) {
      let sum = 0;
      for (let k = 0; k < 4; k += 1) sum += a[4 * row + k] * b[4 * k + column];
      product[4 * row + column] = sum;
    }
  }
  return product;
}

/**
 * The inverse of a 4x4 row-major affine.
 *
 * @throws FusiformError AFFINE_SINGULAR where voxels have no extent in some direction
 */
export function invertAffine(affine: Float64Array): Float64Array {
  const [a, b, c, x, d, e, f, y, g, h, i, z] = affine;
  const cofactors = [e * i - f * h, f * g - d * i, d * h - e * g];
  const determinant = a * cofactors[0] + b * cofactors[1] + c * cofactors[2];
  const scale = Math.hypot(a, d, g) * Math.hypot(b, e, h) * Math.hypot(c, f, i);
  if (!(Math.abs(determinant) > 1e-12 * scale)) {
    throw new FusiformError('AFFINE_SINGULAR', 'The affine of the image gives its voxels no volume.', {
      details: { affine: Array.from(affine) },
    });
  }
  const inverse = new Float64Array(16);
  const linear = [
    [cofactors[0], c * h - b * i, b * f - c * e],
    [cofactors[1], a * i - c * g, c * d - a * f],
    [cofactors[2], b * g - a * h, a * e - b * d],
  ];
  for (let row = 0; row < 3; row += 1) {
    const [p, q, r] = linear[row].map((value) => value / determinant);
    inverse.set([p, q, r, -(p * x + q * y + r * z)], 4 * row);
  }
  inverse[15] = 1;
  return inverse;
}

/** Where an affine takes a point. */
export function applyAffine(
  a: ArrayLike<number>,
  [x, y, z]: readonly [number, number, number],
): [number, number, number] {
  return [
    a[0] * x + a[1] * y + a[2] * z + a[3],
    a[4] * x + a[5] * y + a[6] * z + a[7],
    a[8] * x + a[9] * y + a[10] * z + a[11],
  ];
}
