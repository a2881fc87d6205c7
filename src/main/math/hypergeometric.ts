import { logGamma } from './gamma.ts';

/**
 * P(X >= k) of the hypergeometric distribution: of `n` items `marked` are marked, and `drawn` are drawn without looking; X is how
 * many of these are marked. It is the exact distribution of hits when labels are permuted over fixed answers, and the one-sided
 * test of Fisher (1935) of a 2 x 2 table.
 *
 * @throws RangeError unless 0 <= marked, drawn <= n are integers
 */
export function hypergeometricTail(k: number, n: number, marked: number, drawn: number): number {
  const whole = [n, marked, drawn].every((value) => Number.isInteger(value) && value >= 0);
  if (!whole || marked > n || drawn > n) {
    throw new RangeError(`There is no draw of ${drawn} of ${n} items, ${marked} of them marked`);
  }
  const least = Math.max(0, marked + drawn - n);
  const most = Math.min(marked, drawn);
  const all = logChoose(n, drawn);
  let p = 0;
  for (let hits = most; hits >= Math.max(least, Math.ceil(k)); hits -= 1) {
    p += Math.exp(logChoose(marked, hits) + logChoose(n - marked, drawn - hits) - all);
  }
  return k <= least ? 1 : Math.min(1, p);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
