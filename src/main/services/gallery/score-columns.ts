import type { GalleryScore } from '../../../shared/contract/gallery.ts';
import type { Evaluation } from '../../../shared/evaluation.ts';
import { distractorsBeaten, rowCorrelations } from '../../decoding/correlations.ts';
import { pearson } from '../../math/statistics.ts';

/** [faces] each; NaN where there is none. */
export type ScoreColumns = Readonly<Record<GalleryScore, Float64Array>>;

/** Faces up to which ranks of a region are computed: each is compared with every other. */
export const mostCompared = 2000;

/** Scores of all selected voxels, as they were evaluated. @param similarity [faces] */
export function evaluatedScores(faces: Evaluation['faces'], similarity: Float64Array): ScoreColumns {
  const column = (key: 'rank' | 'pairwise' | 'ssim' | 'pixCorr') =>
    Float64Array.from(faces, (face) => face[key] ?? Number.NaN);
  return {
    rank: column('rank'),
    pairwise: column('pairwise'),
    ssim: column('ssim'),
    pixCorr: column('pixCorr'),
    similarity,
  };
}

/**
 * Scores of one region's codes, by the definitions of the evaluation. Pictures are scored for all voxels alone.
 *
 * @param decoded [faces, nLatents] @param targets the same
 */
export function regionScores(decoded: Float32Array, targets: Float32Array, nLatents: number): ScoreColumns {
  const n = decoded.length / nLatents;
  const none = new Float64Array(n).fill(Number.NaN);
  const similarity = similarities(decoded, targets, nLatents);
  if (n < 2 || n > mostCompared) return { rank: none, pairwise: none, ssim: none, pixCorr: none, similarity };
  const correlations = rowCorrelations(decoded, targets, nLatents);
  const beaten = Float64Array.from({ length: n }, (_, face) =>
    distractorsBeaten(correlations.subarray(face * n, (face + 1) * n), face),
  );
  return {
    rank: beaten.map((count) => n - count),
    pairwise: beaten.map((count) => count / (n - 1)),
    ssim: none,
    pixCorr: none,
    similarity,
  };
}

/** r of each decoded code with its true one; NaN where one of them is of one value throughout. [faces] */
export function similarities(decoded: Float32Array, targets: Float32Array, nLatents: number): Float64Array {
  return Float64Array.from({ length: decoded.length / nLatents }, (_, face) => {
    const [from, to] = [face * nLatents, (face + 1) * nLatents];
    return pearson(decoded.subarray(from, to), targets.subarray(from, to));
  });
}
