/** Ways between two codes. */

/**
 * The straight way: `(1 - t) a + t b`.
 *
 * @param a [latentDim] @param b [latentDim] @param t 0 at `a`, 1 at `b`; outside goes on.
 */
export function interpolateLinearly(a: ArrayLike<number>, b: ArrayLike<number>, t: number): Float64Array {
  return Float64Array.from(a, (value, k) => value + t * (b[k] - value));
}

/** Sine of an angle below which two directions count as one, or as opposite: no great circle is singled out. */
const degenerate = 1e-6;

/**
 * The way over a sphere: the direction from `centre` turns at constant speed on the great circle through both codes
 * (Shoemake 1985, SIGGRAPH 19:245), and the distance from `centre` changes linearly. Codes drawn from a normal prior in
 * many dimensions lie near a sphere; the straight way cuts through its inside, where faces come out average (White
 * 2016, arXiv 1609.04468). Where the directions are the same, or opposite, or a code is the centre itself, the way is
 * the straight one.
 *
 * @param a [latentDim] @param b [latentDim] @param t 0 at `a`, 1 at `b`.
 * @param centre [latentDim], where the prior has its mean; default 0.
 */
export function interpolateSpherically(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  t: number,
  centre: ArrayLike<number> = new Float64Array(a.length),
): Float64Array {
  const from = Float64Array.from(a, (value, k) => value - centre[k]);
  const to = Float64Array.from(b, (value, k) => value - centre[k]);
  const lengths = [Math.hypot(...from), Math.hypot(...to)];
  if (lengths[0] === 0 || lengths[1] === 0) return interpolateLinearly(a, b, t);
  let cosine = 0;
  for (let k = 0; k < from.length; k++) cosine += (from[k] / lengths[0]) * (to[k] / lengths[1]);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  if (sine < degenerate) return interpolateLinearly(a, b, t);
  const length = lengths[0] + t * (lengths[1] - lengths[0]);
  const weightFrom = (length * Math.sin((1 - t) * angle)) / (sine * lengths[0]);
  const weightTo = (length * Math.sin(t * angle)) / (sine * lengths[1]);
  return from.map((value, k) => weightFrom * value + weightTo * to[k] + centre[k]);
}
