import { distractorsBeaten, rowCorrelations } from './correlations.ts';
import { exactRankTest } from './rank-tests.ts';

export interface ImageryIdentification {
  /** r of the decoded code with each candidate, [nCandidates]. */
  readonly correlations: Float64Array;
  /** Distractors that the imagined face beats, halves for ties. */
  readonly beaten: number;
  /** The same as a fraction; chance 0.5. */
  readonly pairwise: number;
  /** 1 for the best candidate. */
  readonly rank: number;
  /** Exact probability of this rank or a better one: rank / nCandidates, so 0.05 at best with 20 candidates. */
  readonly p: number;
}

/**
 * Whether the face that a subject imagined is told from other candidates by its decoded code.
 *
 * @param code [nLatents] @param candidates [nCandidates, nLatents] @param imagined index of the true one.
 * @throws RangeError when the shapes do not fit.
 */
export function identifyImagined(
  code: Float32Array | Float64Array,
  candidates: Float32Array | Float64Array,
  imagined: number,
): ImageryIdentification {
  const correlations = rowCorrelations(code, candidates, code.length);
  const nDistractors = correlations.length - 1;
  if (nDistractors < 1 || !(imagined >= 0 && imagined <= nDistractors)) {
    throw new RangeError(`Candidate ${imagined} of ${correlations.length} cannot be the imagined one`);
  }
  const beaten = distractorsBeaten(correlations, imagined);
  return {
    correlations,
    beaten,
    pairwise: beaten / nDistractors,
    rank: 1 + nDistractors - beaten,
    p: exactRankTest([beaten], correlations.length),
  };
}

/** Several subjects together: mean pairwise score, and the exact probability over all combinations of ranks. */
export function combineImagery(
  subjects: readonly Pick<ImageryIdentification, 'beaten'>[],
  nCandidates: number,
): { readonly pairwise: number; readonly p: number } {
  const beaten = subjects.map((subject) => subject.beaten);
  const p = exactRankTest(beaten, nCandidates);
  const sum = beaten.reduce((total, value) => total + value, 0);
  return { pairwise: sum / beaten.length / (nCandidates - 1), p };
}
