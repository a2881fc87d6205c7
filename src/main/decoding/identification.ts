import { bootstrapInterval } from '../math/bootstrap.ts';
import { binomialSf } from '../math/distributions.ts';
import { Random } from '../math/random.ts';
import { distractorsBeaten, rowCorrelations } from './correlations.ts';

export interface IdentificationOptions {
  readonly seed: number | string;
  /** Permutations of the stimuli; default 10000. */
  readonly nPermutations?: number;
  /** Bootstrap samples of the stimuli; default 10000. */
  readonly nBootstrap?: number;
  /** Of the interval; default 0.95. */
  readonly confidence?: number;
}

export interface StimulusIdentification {
  /** Fraction of the distractors that the target beats (ties one half). */
  readonly pairwise: number;
  /** 1 for the best candidate; half ranks for ties. */
  readonly rank: number;
  /** Whether the target beats every distractor. */
  readonly identified: boolean;
}

export interface Identification {
  readonly nStimuli: number;
  /** r of each decoded code (rows) with each target (columns), [nStimuli, nStimuli]. */
  readonly correlations: Float64Array;
  readonly stimuli: readonly StimulusIdentification[];
  /** Mean over stimuli of the pairwise scores; chance 0.5. */
  readonly pairwise: number;
  /** One-sided, by permutation of the stimuli: (1 + permutations that score as high) / (1 + permutations). */
  readonly pairwiseP: number;
  /** Percentile interval of the bootstrap over stimuli. */
  readonly pairwiseInterval: readonly [low: number, high: number];
  /** Fraction of stimuli identified among all; chance 1 / nStimuli. */
  readonly nWay: number;
  /** One-sided, by the same permutations. */
  readonly nWayP: number;
  /** One-sided binomial probability with chance 1 / nStimuli, as published (it takes the stimuli as independent). */
  readonly nWayBinomialP: number;
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
 * @throws RangeError when the shapes do not fit or there are fewer than two stimuli.
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
  const correlations = rowCorrelations(decoded, targets, nLatents);
  const n = decoded.length / nLatents;
  if (n < 2) throw new RangeError('Identification needs at least two stimuli');
  // What stimulus i would score if j were its target.
  const scores = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    const row = correlations.subarray(i * n, (i + 1) * n);
    for (let j = 0; j < n; j += 1) scores[i * n + j] = distractorsBeaten(row, j) / (n - 1);
  }
  const stimuli = Array.from({ length: n }, (_, i) => {
    const pairwise = scores[i * n + i];
    return { pairwise, rank: 1 + (1 - pairwise) * (n - 1), identified: pairwise === 1 };
  });
  const random = new Random(options.seed).fork('identification');
  const own = Uint32Array.from({ length: n }, (_, i) => i);
  const observed = assignmentScore(scores, own);
  const p = permutationP(scores, observed, options.nPermutations ?? 10_000, random.fork('permutations'));
  return {
    nStimuli: n,
    correlations,
    stimuli,
    pairwise: observed.pairwise,
    pairwiseP: p.pairwise,
    pairwiseInterval: bootstrapInterval(
      stimuli.map(({ pairwise }) => pairwise),
      {
        random: random.fork('bootstrap'),
        nSamples: options.nBootstrap ?? 10_000,
        confidence: options.confidence ?? 0.95,
      },
    ),
    nWay: observed.identified / n,
    nWayP: p.nWay,
    nWayBinomialP: binomialSf(observed.identified - 1, n, 1 / n),
  };
}

/** Mean score and number identified when stimulus i has target `assignment[i]`. */
function assignmentScore(scores: Float64Array, assignment: Uint32Array) {
  const n = assignment.length;
  let sum = 0;
  let identified = 0;
  for (let i = 0; i < n; i += 1) {
    const score = scores[i * n + assignment[i]];
    sum += score;
    if (score === 1) identified += 1;
  }
  return { pairwise: sum / n, identified };
}

function permutationP(
  scores: Float64Array,
  observed: { pairwise: number; identified: number },
  nPermutations: number,
  random: Random,
): { pairwise: number; nWay: number } {
  const assignment = Uint32Array.from({ length: Math.sqrt(scores.length) }, (_, i) => i);
  // Sums of the same scores in another order differ by rounding.
  const reach = observed.pairwise - 1e-12;
  let pairwise = 1;
  let nWay = 1;
  for (let i = 0; i < nPermutations; i += 1) {
    random.shuffle(assignment);
    const score = assignmentScore(scores, assignment);
    if (score.pairwise >= reach) pairwise += 1;
    if (score.identified >= observed.identified) nWay += 1;
  }
  return { pairwise: pairwise / (1 + nPermutations), nWay: nWay / (1 + nPermutations) };
}
