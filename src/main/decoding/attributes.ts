import { binomialSf } from '../math/distributions.ts';

/** A direction of the latent space that separates two classes of faces, such as men and women. */
export interface AttributeAxis {
  /** Mean code of the class minus mean code of the others, [nLatents]. */
  readonly direction: Float64Array;
  /** Half way between the two means, [nLatents]. */
  readonly midpoint: Float64Array;
}

/**
 * The axis of VanRullen & Reddy (2019): the difference of the mean codes of two labelled sets.
 *
 * @param codes [nFaces, nLatents] @param inClass one flag a face.
 * @throws RangeError when the shapes do not fit or a class is empty.
 */
export function attributeAxis(
  codes: Float32Array | Float64Array,
  nLatents: number,
  inClass: ArrayLike<boolean | number>,
): AttributeAxis {
  checkLabels(codes, nLatents, inClass);
  const sums = [new Float64Array(nLatents), new Float64Array(nLatents)];
  const counts = [0, 0];
  for (let face = 0; face < inClass.length; face += 1) {
    const side = inClass[face] ? 1 : 0;
    counts[side] += 1;
    for (let k = 0; k < nLatents; k += 1) sums[side][k] += codes[face * nLatents + k];
  }
  if (counts[0] === 0 || counts[1] === 0) throw new RangeError('An axis needs faces of both classes');
  const [others, members] = sums.map((sum, side) => sum.map((value) => value / counts[side]));
  return {
    direction: members.map((value, k) => value - others[k]),
    midpoint: members.map((value, k) => (value + others[k]) / 2),
  };
}

export interface AttributeOptions {
  /**
   * Where the two classes part. `midpoint` (default): half way between the class means along the axis. `origin`:
   * the sign of the projection of the code as it is, as published; the same where the codes of both classes together
   * have mean 0, and a guess at one class where they have not.
   */
  readonly threshold?: 'midpoint' | 'origin';
}

export interface AttributeScore {
  /** Position along the axis, 0 at the threshold, 1 the distance between the class means. [nFaces] */
  readonly projections: Float64Array;
  readonly nCorrect: number;
  readonly accuracy: number;
  /** Exact one-sided binomial probability of as many correct by chance 1/2. */
  readonly p: number;
}

/**
 * Classifies codes by the side of the axis they fall on; on the border counts as outside the class.
 *
 * @param codes [nFaces, nLatents] @param inClass the true class, one flag a face.
 */
export function scoreAttribute(
  axis: AttributeAxis,
  codes: Float32Array | Float64Array,
  inClass: ArrayLike<boolean | number>,
  options: AttributeOptions = {},
): AttributeScore {
  const { direction, midpoint } = axis;
  const nLatents = direction.length;
  checkLabels(codes, nLatents, inClass);
  const n = inClass.length;
  if (n === 0) throw new RangeError('There is no face to classify');
  const centred = options.threshold !== 'origin';
  let length = 0;
  for (const value of direction) length += value * value;
  const projections = new Float64Array(n);
  let nCorrect = 0;
  for (let face = 0; face < n; face += 1) {
    let sum = 0;
    for (let k = 0; k < nLatents; k += 1) {
      sum += direction[k] * (codes[face * nLatents + k] - (centred ? midpoint[k] : 0));
    }
    projections[face] = length > 0 ? sum / length : 0;
    if (sum > 0 === Boolean(inClass[face])) nCorrect += 1;
  }
  return { projections, nCorrect, accuracy: nCorrect / n, p: binomialSf(nCorrect - 1, n, 0.5) };
}

function checkLabels(codes: ArrayLike<number>, nLatents: number, inClass: ArrayLike<unknown>): void {
  if (codes.length !== inClass.length * nLatents) {
    throw new RangeError(`${codes.length} values for ${inClass.length} faces of ${nLatents} latents`);
  }
}
