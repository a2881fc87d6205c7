import { binomialSf, logGamma } from './distributions.ts';

export type Alternative = 'greater' | 'less' | 'two-sided';

export interface BinomialTest {
  /** Successes over draws. */
  readonly share: number;
  /** Exact probability, under chance, of what was observed or of what is further from chance. */
  readonly p: number;
  /** Exact two-sided interval of the share (Clopper & Pearson 1934, Biometrika 26). */
  readonly interval: readonly [low: number, high: number];
}

export interface BinomialTestOptions {
  /** Default `greater`, as identification is judged. `two-sided` adds all outcomes that are no likelier. */
  readonly alternative?: Alternative;
  /** Of the interval; default 0.95. */
  readonly confidence?: number;
}

/**
 * The exact binomial test (scipy.stats.binomtest): whether `successes` of `n` independent draws are more than chance.
 *
 * @param chance probability of a success by guessing, 0..1
 * @throws RangeError unless 0 <= successes <= n are integers, n > 0, and chance lies in 0..1
 */
export function binomialTest(
  successes: number,
  n: number,
  chance: number,
  { alternative = 'greater', confidence = 0.95 }: BinomialTestOptions = {},
): BinomialTest {
  if (!(Number.isInteger(successes) && Number.isInteger(n) && successes >= 0 && successes <= n && n > 0)) {
    throw new RangeError(`There are no ${successes} successes in ${n} draws`);
  }
  const tail = (1 - confidence) / 2;
  return {
    share: successes / n,
    p: probability(successes, n, chance, alternative),
    interval: [
      successes === 0 ? 0 : solve((share) => binomialSf(successes - 1, n, share) - tail),
      successes === n ? 1 : solve((share) => tail - binomialSf(n - successes - 1, n, 1 - share)),
    ],
  };
}

function probability(successes: number, n: number, chance: number, alternative: Alternative): number {
  if (alternative === 'greater') return binomialSf(successes - 1, n, chance);
  if (alternative === 'less') return binomialSf(n - successes - 1, n, 1 - chance);
  // As scipy: equal probabilities differ by rounding.
  const reach = binomialPmf(successes, n, chance) * (1 + 1e-7);
  let p = 0;
  for (let k = 0; k <= n; k += 1) {
    const mass = binomialPmf(k, n, chance);
    if (mass <= reach) p += mass;
  }
  return Math.min(1, p);
}

function binomialPmf(k: number, n: number, chance: number): number {
  if (chance === 0 || chance === 1) return k === n * chance ? 1 : 0;
  const ways = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  return Math.exp(ways + k * Math.log(chance) + (n - k) * Math.log1p(-chance));
}

/** Where an increasing function of 0..1 is 0, by bisection to the last bit. */
function solve(increasing: (share: number) => number): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (increasing(middle) < 0) low = middle;
    else high = middle;
  }
}
