import { normalSf } from './distributions.ts';

/**
 * P(Q > q) of the studentized range of `nGroups` standard normals with infinite degrees of freedom, as Nemenyi's test
 * needs it (scipy.stats.studentized_range.sf with df = inf), to about 1e-12:
 * 1 - k * integral of phi(z) (Phi(z) - Phi(z - q))^(k - 1) dz.
 *
 * @throws RangeError unless nGroups is an integer of at least 2
 */
export function studentizedRangeSf(q: number, nGroups: number): number {
  if (!(Number.isInteger(nGroups) && nGroups >= 2)) {
    throw new RangeError(`A range needs two groups or more, not ${nGroups}`);
  }
  if (Number.isNaN(q)) return Number.NaN;
  if (q <= 0) return 1;
  // The complement under the integral: 1 - (Phi(z) - Phi(z - q))^(k - 1) loses no digits where the tail is small. The
  // largest of the k lies at z; the density of "largest at z" is k phi(z) Phi(z)^(k - 1). Simpson's rule on a smooth
  // function that vanishes at both ends converges to rounding.
  const [from, to, steps] = [-10, 12, 4096];
  const width = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i += 1) {
    const z = from + i * width;
    const below = normalSf(-z);
    const inside = (below - normalSf(q - z)) / below;
    const density = Math.exp(-0.5 * z * z) * below ** (nGroups - 1);
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * density * (1 - Math.max(0, inside) ** (nGroups - 1));
  }
  return Math.min(1, (nGroups * sum * width) / (3 * Math.sqrt(2 * Math.PI)));
}
