import { mean, pearson } from '../math/statistics.ts';
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

export interface SeenCeiling {
  /** Distractors that each seen face beats, halves for ties, [nFaces]. */
  readonly beaten: readonly number[];
  /** Mean over faces of the share of distractors beaten; chance 0.5. */
  readonly pairwise: number;
  /** Exact probability of the sum of ranks, the faces taken as independent (see `exactRankTest`). */
  readonly p: number;
}

/**
 * How well seen faces are told from the very distractors that an imagined face is told from: each takes the place of the imagined
 * face among the candidates. What imagery could reach if imagining were seeing.
 *
 * @param decoded codes of seen faces, [nFaces, nLatents]
 * @param targets their true codes, [nFaces, nLatents]
 * @param distractors the candidates without the imagined face, [nDistractors, nLatents]
 * @throws RangeError where the shapes do not fit, or there is no face or no distractor
 */
export function seenCeiling(
  decoded: Float32Array | Float64Array,
  targets: Float32Array | Float64Array,
  distractors: Float32Array | Float64Array,
  nLatents: number,
): SeenCeiling {
  const nFaces = decoded.length / nLatents;
  const nDistractors = distractors.length / nLatents;
  if (!(nFaces >= 1 && nDistractors >= 1) || targets.length !== decoded.length) {
    throw new RangeError(`${nFaces} seen faces against ${nDistractors} distractors`);
  }
  const candidates = new Float64Array((1 + nDistractors) * nLatents);
  candidates.set(distractors, nLatents);
  const beaten = Array.from({ length: nFaces }, (_, face) => {
    const own = [face * nLatents, (face + 1) * nLatents] as const;
    candidates.set(targets.subarray(...own));
    const correlations = rowCorrelations(Float64Array.from(decoded.subarray(...own)), candidates, nLatents);
    return distractorsBeaten(correlations, 0);
  });
  return {
    beaten,
    pairwise: mean(beaten) / nDistractors,
    p: exactRankTest(beaten, 1 + nDistractors),
  };
}

/**
 * How much of the ceiling imagery reaches, both above chance: (imagined - 1/2) / (seen - 1/2). 1: as well as seen faces; 0: chance.
 * Null where seen faces are at chance or below, which leaves no ceiling.
 */
export function transferOf(imagined: number, seen: number): number | null {
  return seen > 0.5 ? (imagined - 0.5) / (seen - 0.5) : null;
}

export interface CodeReliability {
  /** Pearson correlation over latents of the codes decoded from two halves of the trials. */
  readonly r: number;
  /** Of all trials: 2 r / (1 + r) (Spearman 1910, Brown 1910); 0 where r is not above 0. */
  readonly spearmanBrown: number;
}

/** Reliability of a decoded code from two halves of its trials, each [nLatents]. Codes of one value throughout have r = 0. */
export function codeReliability(
  one: Float32Array | Float64Array,
  other: Float32Array | Float64Array,
): CodeReliability {
  const r = pearson(one, other) || 0;
  return { r, spearmanBrown: r > 0 ? (2 * r) / (1 + r) : 0 };
}
