import type { Random } from '../math/random.ts';

/**
 * Whether things are more like their own targets than like others': the share of permutations of the targets whose mean
 * likeness is as high, (1 + those that reach it) / (1 + permutations). The stimuli are permuted, not the pairs, which are not
 * independent of one another.
 *
 * @param likeness of every made thing (rows) to every target (columns), [n, n]
 * @throws RangeError when the shape does not fit
 */
export function likenessPermutationP(
  likeness: Float64Array,
  n: number,
  nPermutations: number,
  random: Random,
): number {
  if (n < 1 || likeness.length !== n * n) {
    throw new RangeError(`${likeness.length} values are no table of ${n} by ${n}`);
  }
  const assignment = Uint32Array.from({ length: n }, (_, i) => i);
  const meanOf = () => {
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += likeness[i * n + assignment[i]];
    return sum / n;
  };
  // Sums of the same values in another order differ by rounding.
  const reach = meanOf() - 1e-12;
  let reached = 1;
  for (let permutation = 0; permutation < nPermutations; permutation += 1) {
    random.shuffle(assignment);
    if (meanOf() >= reach) reached += 1;
  }
  return reached / (1 + nPermutations);
}
