import { bootstrapIntervals, type Interval } from '../math/bootstrap.ts';
import { binomialSf } from '../math/distributions.ts';
import { Random } from '../math/random.ts';
import { rowCorrelations } from './correlations.ts';
import { type Retrieval, retrievalShare } from './retrieval.ts';
import { pairwiseShare, type Standing, type Standings, standingsOf } from './standings.ts';

export interface IdentificationOptions {
  readonly seed: number | string;
  /** Permutations of the stimuli; default 10000. */
  readonly nPermutations?: number;
  /** Bootstrap samples of the stimuli; default 10000. */
  readonly nBootstrap?: number;
  /** Of the interval; default 0.95. */
  readonly confidence?: number;
  /** What else is scored, with the same permutations; default nothing. */
  readonly retrievals?: readonly Retrieval[];
}

export interface StimulusIdentification {
  /** Fraction of the distractors that the target beats (ties one half). */
  readonly pairwise: number;
  /** Distractors that the target beats, ties one half. */
  readonly beaten: number;
  /** 1 for the best candidate; half ranks for ties. */
  readonly rank: number;
  /** Whether the target beats every distractor. */
  readonly identified: boolean;
}

export interface RetrievalResult extends Retrieval {
  /** Mean over stimuli; chance top / ways. */
  readonly share: number;
  readonly p: number;
  readonly interval: Interval;
}

export interface Identification {
  readonly nStimuli: number;
  /** Likeness of each decoded code (rows) with each target (columns), r of their codes, [nStimuli, nStimuli]. */
  readonly correlations: Float64Array;
  readonly stimuli: readonly StimulusIdentification[];
  /** Mean over stimuli of the pairwise scores; chance 0.5. */
  readonly pairwise: number;
  /** One-sided, by permutation of the stimuli: (1 + permutations that score as high) / (1 + permutations). */
  readonly pairwiseP: number;
  /** Percentile interval of the bootstrap over stimuli. */
  readonly pairwiseInterval: Interval;
  /** Fraction of stimuli identified among all; chance 1 / nStimuli. */
  readonly nWay: number;
  /** One-sided, by the same permutations. */
  readonly nWayP: number;
  readonly nWayInterval: Interval;
  /** One-sided binomial probability with chance 1 / nStimuli, as published (it takes the stimuli as independent). */
  readonly nWayBinomialP: number;
  /** As asked for. */
  readonly retrievals: readonly RetrievalResult[];
}

/**
 * Pairwise and n-way identification as in VanRullen & Reddy (2019): each decoded code is correlated (Pearson, over
 * latents) with its own target and with every other one.
 *
 * Significance permutes which target belongs to which decoded code, so that the pairs' dependence does no harm.
 * The bootstrap draws stimuli with replacement from the scores against the full set of distractors. Codes of one
 * value throughout correlate with nothing (r = 0): they tie.
 *
 * @param decoded [nStimuli, nLatents] @param targets [nStimuli, nLatents], in the same order.
 * @throws RangeError when the shapes do not fit, a code is not finite, or there are fewer than two stimuli.
 */
export function identify(
  decoded: Float32Array | Float64Array,
  targets: Float32Array | Float64Array,
  nLatents: number,
  options: IdentificationOptions,
): Identification {
  if (decoded.length !== targets.length) {
    throw new RangeError(`${decoded.length} decoded values for ${targets.length} of the targets`);
  }
  return identifyByLikeness(rowCorrelations(decoded, targets, nLatents), options);
}

/**
 * The same from any likeness of decoded things and targets.
 *
 * @param likeness [nStimuli, nStimuli]; the more, the more alike
 * @throws RangeError as `identify`
 */
export function identifyByLikeness(
  likeness: Float64Array,
  {
    seed,
    nPermutations = 10_000,
    nBootstrap = 10_000,
    confidence = 0.95,
    retrievals = [],
  }: IdentificationOptions,
): Identification {
  const n = Math.round(Math.sqrt(likeness.length));
  if (n < 2) throw new RangeError('Identification needs at least two stimuli');
  const standings = standingsOf(likeness, n);
  const random = new Random(seed).fork('identification');
  const judge = (score: (standing: Standing) => number) => judgeScore(standings, score);
  const pairwise = judge((standing) => pairwiseShare(standing, n));
  const nWay = judge(({ beaten }) => (beaten === n - 1 ? 1 : 0));
  const retrieved = retrievals.map((retrieval) =>
    judge((standing) => retrievalShare(standing, n, retrieval)),
  );
  const ps = permutationPs(
    standings,
    [pairwise, nWay, ...retrieved],
    nPermutations,
    random.fork('permutations'),
  );
  // Every score is judged by the same samples of stimuli.
  const intervals = bootstrapIntervals(
    [pairwise, nWay, ...retrieved].map(({ own }) => own),
    { random: random.fork('bootstrap'), nSamples: nBootstrap, confidence },
  );
  return {
    nStimuli: n,
    correlations: likeness,
    stimuli: Array.from(pairwise.own, (share, i) => {
      const beaten = share * (n - 1);
      return { pairwise: share, beaten, rank: n - beaten, identified: nWay.own[i] === 1 };
    }),
    pairwise: pairwise.mean,
    pairwiseP: ps[0],
    pairwiseInterval: intervals[0],
    nWay: nWay.mean,
    nWayP: ps[1],
    nWayInterval: intervals[1],
    nWayBinomialP: binomialSf(Math.round(nWay.mean * n) - 1, n, 1 / n),
    retrievals: retrieved.map((judged, at) => ({
      ...retrievals[at],
      share: judged.mean,
      p: ps[2 + at],
      interval: intervals[2 + at],
    })),
  };
}

interface Judged {
  /** Of each kind of standing. */
  readonly ofKind: Float64Array;
  /** Of each stimulus with its own target. */
  readonly own: Float64Array;
  readonly mean: number;
}

function judgeScore({ n, kinds, kindOf }: Standings, score: (standing: Standing) => number): Judged {
  const ofKind = Float64Array.from(kinds, score);
  const own = Float64Array.from({ length: n }, (_, i) => ofKind[kindOf[i * n + i]]);
  let sum = 0;
  for (const value of own) sum += value;
  return { ofKind, own, mean: sum / n };
}

/** For each score, the share of permutations of the targets that reach it; the observed assignment counts as one. */
function permutationPs(
  { n, kindOf }: Standings,
  scores: readonly Judged[],
  nPermutations: number,
  random: Random,
): number[] {
  const assignment = Uint32Array.from({ length: n }, (_, i) => i);
  const kinds = new Uint32Array(n);
  // Sums of the same scores in another order differ by rounding.
  const reach = scores.map(({ mean }) => (mean - 1e-12) * n);
  const reached = new Uint32Array(scores.length).fill(1);
  for (let permutation = 0; permutation < nPermutations; permutation += 1) {
    random.shuffle(assignment);
    for (let i = 0; i < n; i += 1) kinds[i] = kindOf[i * n + assignment[i]];
    for (let at = 0; at < scores.length; at += 1) {
      const { ofKind } = scores[at];
      let sum = 0;
      for (let i = 0; i < n; i += 1) sum += ofKind[kinds[i]];
      if (sum >= reach[at]) reached[at] += 1;
    }
  }
  return Array.from(reached, (count) => count / (1 + nPermutations));
}
