import { performance } from 'node:perf_hooks';
import { median } from '../../src/main/math/statistics.ts';

/** What is timed. */
export type Work = () => unknown;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Two pieces of work that took turns. */
export interface Comparison {
  readonly pairs: number;
  /** Seconds of `a` over seconds of `b`, pair by pair. */
  readonly ratio: Spread;
  /** Median of each. */
  readonly seconds: { readonly a: number; readonly b: number };
}

export interface MeasureOptions {
  /** Untimed runs beforehand, default 1: compilers and caches settle. */
  readonly warmup?: number;
  /** Milliseconds; default the process's own clock. */
  readonly now?: () => number;
}

/**
 * Times two pieces of work in turns (a, b, a, b, ...). The two of a pair see nearly the same machine, however busy it
 * is, so that the median of the pairs' ratios holds where seconds do not.
 *
 * @param options.pairs default 7
 */
export async function alternate(
  a: Work,
  b: Work,
  { pairs = 7, warmup = 1, now }: MeasureOptions & { readonly pairs?: number } = {},
): Promise<Comparison> {
  if (pairs < 1) throw new RangeError(`A comparison needs at least one pair, not ${pairs}`);
  for (let i = 0; i < warmup; i++) {
    await a();
    await b();
  }
  const secondsOfA: number[] = [];
  const secondsOfB: number[] = [];
  for (let i = 0; i < pairs; i++) {
    secondsOfA.push(await secondsOf(a, now));
    secondsOfB.push(await secondsOf(b, now));
  }
  return {
    pairs,
    ratio: spreadOf(secondsOfA.map((seconds, i) => seconds / secondsOfB[i])),
    seconds: { a: median(secondsOfA), b: median(secondsOfB) },
  };
}

/**
 * Seconds of work that nothing can be held against.
 *
 * @param options.runs default 7
 */
export async function time(
  work: Work,
  { runs = 7, warmup = 1, now }: MeasureOptions & { readonly runs?: number } = {},
): Promise<Spread> {
  if (runs < 1) throw new RangeError(`A time needs at least one run, not ${runs}`);
  for (let i = 0; i < warmup; i++) await work();
  const seconds: number[] = [];
  for (let i = 0; i < runs; i++) seconds.push(await secondsOf(work, now));
  return spreadOf(seconds);
}

/** The same quantity in another unit, such as milliseconds for seconds. */
export function scaled({ median, min, max }: Spread, factor: number): Spread {
  return { median: median * factor, min: min * factor, max: max * factor };
}

/** The rate at which `count` things go, of the seconds that they take together. */
export function rate({ median, min, max }: Spread, count: number): Spread {
  return { median: count / median, min: count / max, max: count / min };
}

async function secondsOf(work: Work, now: () => number = () => performance.now()): Promise<number> {
  const started = now();
  await work();
  return (now() - started) / 1000;
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
