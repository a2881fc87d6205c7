import { bootstrapInterval } from '../math/bootstrap.ts';
import { Random } from '../math/random.ts';
import { mean } from '../math/statistics.ts';
import { wilcoxonSignedRank } from '../math/wilcoxon.ts';
import { distractorsBeaten, rowCorrelations } from './correlations.ts';
import { exactRankTest } from './rank-tests.ts';

export interface PairwiseScores {
  /** Share of the other test faces that each face's own code beats, halves for ties, [nFaces]. */
  readonly ofFaces: readonly number[];
  readonly mean: number;
  /** Exact probability of the sum of ranks (see `exactRankTest`). */
  readonly p: number;
}

/**
 * Pairwise identification face by face.
 *
 * @param decoded [nFaces, nLatents] @param targets [nFaces, nLatents], in the same order
 * @throws RangeError for fewer than two faces, or shapes that do not fit
 */
export function pairwiseScores(
  decoded: Float32Array,
  targets: Float32Array,
  nLatents: number,
): PairwiseScores {
  const n = decoded.length / nLatents;
  if (n < 2 || decoded.length !== targets.length) throw new RangeError(`${n} faces cannot be told apart`);
  const correlations = rowCorrelations(decoded, targets, nLatents);
  const beaten = Array.from({ length: n }, (_, face) =>
    distractorsBeaten(correlations.subarray(face * n, (face + 1) * n), face),
  );
  return {
    ofFaces: beaten.map((count) => count / (n - 1)),
    mean: mean(beaten) / (n - 1),
    p: exactRankTest(beaten, n),
  };
}

export interface PairedDifference {
  /** Mean over faces. */
  readonly difference: number;
  /** 95 % percentile interval of the bootstrap over faces. */
  readonly lower: number;
  readonly upper: number;
  /** Wilcoxon's signed-rank test over faces, exact, two-sided. */
  readonly p: number;
}

/** How the scores of the same faces differ between two sets of voxels: first less second. */
export function pairedDifference(
  first: readonly number[],
  second: readonly number[],
  seed: number | string,
): PairedDifference {
  const differences = first.map((value, face) => value - second[face]);
  const [lower, upper] = bootstrapInterval(differences, { random: new Random(seed).fork('paired') });
  // Shares that should be equal differ by rounding.
  const cleaned = differences.map((value) => (Math.abs(value) < 1e-12 ? 0 : value));
  return { difference: mean(differences), lower, upper, p: wilcoxonSignedRank(cleaned).p };
}
