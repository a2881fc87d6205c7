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
  return bootstrapIntervals([observations], options)[0];
}

/**
 * The same of several measures of the same items, all from the same samples: each gets the interval that it would get alone.
 *
 * @param measures each [n] @throws RangeError as `bootstrapInterval`, or when their lengths differ
 */
export function bootstrapIntervals(
  measures: readonly ArrayLike<number>[],
  { random, nSamples = 10_000, confidence = 0.95 }: BootstrapOptions,
): Interval[] {
  const n = measures[0]?.length ?? 0;
  if (n < 2) throw new RangeError(`An interval by bootstrap needs two observations, not ${n}`);
  const columns = measures.map((values) => Float64Array.from(values));
  if (columns.some((values) => values.length !== n || values.some(Number.isNaN))) {
    throw new RangeError(`${n} numbers are needed of every measure, and none of them NaN`);
  }
  const means = columns.map(() => new Float64Array(nSamples));
  const drawn = new Uint32Array(n);
  for (let sample = 0; sample < nSamples; sample += 1) {
    random.fillIntegers(drawn, n);
    for (let at = 0; at < columns.length; at += 1) {
      const values = columns[at];
      let sum = 0;
      for (let i = 0; i < n; i += 1) sum += values[drawn[i]];
      means[at][sample] = sum / n;
    }
  }
  const tail = (1 - confidence) / 2;
  return means.map((values) => [quantile(values, tail), quantile(values, 1 - tail)] as const);
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
