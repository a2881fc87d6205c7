import type { RetrievalScore, Score, ScoreTest } from '../../../shared/evaluation.ts';
import {
  type Identification,
  identify,
  identifyByLikeness,
  type StimulusIdentification,
} from '../../decoding/identification.ts';
import { type RankSumNull, rankSumNull, rankSumTest } from '../../decoding/rank-tests.ts';
import { retrievalsOf } from '../../decoding/retrieval.ts';

/** Names and versions of the tests; docs/guide/scores.md writes them out. */
export const testNames = {
  permutation: 'stimulus-permutation/1',
  rankSumDrawn: 'rank-sum-monte-carlo/1',
  rankSumExact: 'rank-sum-exact/1',
  binomial: 'binomial/1',
  imagery: 'rank-exact/1',
} as const;

export interface Judging {
  readonly seed: number;
  readonly nPermutations: number;
  /** Of the rank sum over the test faces; null where there is one face alone. */
  readonly nothingKnown: RankSumNull | null;
}

const oneFace = 'One test face: there is no other to tell it from.';

/** Ranks drawn for the published test: a million times 20, and no more than that many for larger sets of faces. */
const mostRanks = 20_000_000;

/** What all regions of an evaluation are judged by. */
export function judgingOf(
  nFaces: number,
  { seed, nPermutations }: { seed: number; nPermutations: number },
): Judging {
  const nDraws = Math.min(1_000_000, Math.max(10_000, Math.floor(mostRanks / nFaces)));
  return {
    seed,
    nPermutations,
    nothingKnown: nFaces < 2 ? null : rankSumNull(nFaces, nFaces, { seed, nDraws }),
  };
}

export interface CodeScores {
  readonly pairwise: Score;
  readonly nWay: Score;
  readonly retrieval: readonly RetrievalScore[];
  /** Of each face; null where there is one alone. */
  readonly faces: readonly StimulusIdentification[] | null;
}

/**
 * Identification of the test faces by their decoded codes.
 *
 * @param decoded [nFaces, nLatents] @param targets the same
 */
export function scoreCodes(
  decoded: Float32Array,
  targets: Float32Array,
  nLatents: number,
  { seed, nPermutations, nothingKnown }: Judging,
): CodeScores {
  if (nothingKnown === null) {
    const missing = { value: null, n: 1, reason: oneFace };
    return { pairwise: missing, nWay: missing, retrieval: [], faces: null };
  }
  const retrievals = retrievalsOf(nothingKnown.nTargets);
  const result = identify(decoded, targets, nLatents, { seed, nPermutations, retrievals });
  const n = result.nStimuli;
  const note = constantCodes(decoded, targets, nLatents);
  const drawn = rankSumTest(
    result.stimuli.map(({ beaten }) => beaten),
    nothingKnown,
  );
  const score = (
    value: number,
    [lower, upper]: readonly [number, number],
    chance: number,
    tests: ScoreTest[],
  ): Score => ({ value, lower, upper, p: tests[0].p, tests, chance, n, ...note });
  return {
    pairwise: score(result.pairwise, result.pairwiseInterval, 0.5, [
      { name: testNames.permutation, p: result.pairwiseP },
      { name: testNames.rankSumDrawn, p: drawn.monteCarloP },
      { name: testNames.rankSumExact, p: drawn.exactP },
    ]),
    nWay: score(result.nWay, result.nWayInterval, 1 / n, [
      { name: testNames.permutation, p: result.nWayP },
      { name: testNames.binomial, p: result.nWayBinomialP },
    ]),
    retrieval: result.retrievals.map(({ ways, top, share, p, interval }) => ({
      ways,
      top,
      ...score(share, interval, top / ways, [{ name: testNames.permutation, p }]),
    })),
    faces: result.stimuli,
  };
}

/** Two-way identification by any likeness of pictures, [nFaces, nFaces]. */
export function scoreLikeness(likeness: Float64Array, { seed, nPermutations }: Judging): Score {
  if (likeness.length < 4) return { value: null, n: likeness.length, reason: oneFace };
  const result: Identification = identifyByLikeness(likeness, { seed, nPermutations });
  const [lower, upper] = result.pairwiseInterval;
  return {
    value: result.pairwise,
    lower,
    upper,
    p: result.pairwiseP,
    tests: [{ name: testNames.permutation, p: result.pairwiseP }],
    chance: 0.5,
    n: result.nStimuli,
  };
}

/** Codes of one value correlate with nothing: the scores stand, and say so. */
function constantCodes(decoded: Float32Array, targets: Float32Array, nLatents: number): { reason?: string } {
  const [made, shown] = [countConstant(decoded, nLatents), countConstant(targets, nLatents)];
  if (made + shown === 0) return {};
  const of = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
  return {
    reason: `${[...of(made, 'decoded'), ...of(shown, 'true')].join(' and ')} of ${decoded.length / nLatents} codes are of one value throughout: they tie with all others.`,
  };
}

function countConstant(codes: Float32Array, nLatents: number): number {
  let count = 0;
  for (let start = 0; start < codes.length; start += nLatents) {
    if (codes.subarray(start, start + nLatents).every((value) => value === codes[start])) count += 1;
  }
  return count;
}
