import type { Random } from './random.ts';
import { quantile } from './statistics.ts';

export interface BootstrapOptions {
  readonly random: Random;
  /** Samples drawn; default 10000. */
  readonly nSamples?: number;
  /** Of the interval; default 0.95. */
  readonly confidence?: number;
}

export type Interval = readonly [low: number, high: number];

/**
 * The percentile interval of the mean when the observations are drawn anew with replacement (Efron & Tibshirani 1993,
 * chapter 13).
 *
 * @throws RangeError when there are fewer than two observations (one says nothing of how they vary), or one is NaN
 */
export function bootstrapInterval(observations: ArrayLike<number>, options: BootstrapOptions): Interval {
  if (Array.prototype.some.call(observations, Number.isNaN)) {
    throw new RangeError('An observation is NaN: it has no interval');
  }
  return bootstrapStatistic(observations.length, (drawn) => meanOf(observations, drawn), options);
}

/**
 * The percentile interval of any statistic of `n` items that are drawn anew with replacement.
 *
 * @param statistic of the drawn items, by index [n]; the same array is handed over each time
 * @throws RangeError when n < 2, or the statistic of a sample is NaN
 */
export function bootstrapStatistic(
  n: number,
  statistic: (drawn: Uint32Array) => number,
  { random, nSamples = 10_000, confidence = 0.95 }: BootstrapOptions,
): Interval {
  if (n < 2) throw new RangeError(`An interval by bootstrap needs two observations, not ${n}`);
  const drawn = new Uint32Array(n);
  const values = Float64Array.from({ length: nSamples }, () => {
    random.fillIntegers(drawn, n);
    const value = statistic(drawn);
    if (Number.isNaN(value)) throw new RangeError('The statistic of a bootstrap sample is NaN');
    return value;
  }).sort();
  const tail = (1 - confidence) / 2;
  return [quantile(values, tail), quantile(values, 1 - tail)];
}

function meanOf(observations: ArrayLike<number>, drawn: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < drawn.length; i += 1) sum += observations[drawn[i]];
  return sum / drawn.length;
}
