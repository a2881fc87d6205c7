import { bootstrapInterval, type Interval } from '../math/bootstrap.ts';
import { Random } from '../math/random.ts';
import { rowCorrelations } from './correlations.ts';
import { pairwiseShare, standingsOf } from './standings.ts';

export interface HalfIdentification {
  /** Mean over faces and over both ways round; chance 0.5. */
  readonly pairwise: number;
  /** 95 % percentile interval of the bootstrap over faces. */
  readonly interval: Interval;
}

/**
 * Two-way identification of the faces between codes that were decoded from two halves of the runs: the share of the other faces
 * whose code from the second half correlates less with a face's code from the first than its own does, ties one half;
 * and the other way round.
 *
 * @param first [nFaces, nLatents] @param second the same
 * @throws RangeError where there are fewer than two faces
 */
export function identifyHalves(
  first: Float32Array,
  second: Float32Array,
  nLatents: number,
  seed: number,
): HalfIdentification {
  const [forth, back] = [ownShares(first, second, nLatents), ownShares(second, first, nLatents)];
  const shares = forth.map((share, face) => (share + back[face]) / 2);
  const interval = bootstrapInterval(shares, { random: new Random(`halves-${seed}`) });
  return { pairwise: shares.reduce((sum, share) => sum + share, 0) / shares.length, interval };
}

/** [nFaces] */
function ownShares(decoded: Float32Array, targets: Float32Array, nLatents: number): Float64Array {
  const n = decoded.length / nLatents;
  const { kinds, kindOf } = standingsOf(rowCorrelations(decoded, targets, nLatents), n);
  return Float64Array.from({ length: n }, (_, face) => pairwiseShare(kinds[kindOf[face * n + face]], n));
}
