/**
 * Ranks of values, 1 for the smallest; equal values share the mean of their ranks (scipy.stats.rankdata's default).
 *
 * @returns as many ranks, in the order given
 * @throws RangeError when a value is NaN
 */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, at) => at).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    if (Number.isNaN(values[order[start]])) throw new RangeError('NaN has no rank');
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end += 1;
    for (let at = start; at < end; at += 1) ranks[order[at]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
