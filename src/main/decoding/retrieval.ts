import { logGamma } from '../math/distributions.ts';
import type { Standing } from './standings.ts';

/** Whether the target is among the best `top` of `ways` candidates: itself and `ways - 1` distractors. */
export interface Retrieval {
  readonly ways: number;
  readonly top: number;
}

/**
 * The probability that the target is among the best `top` of itself and `ways - 1` distractors that are drawn, without
 * replacement, from all of them; ties are broken at random. In closed form: no distractors are drawn. Without ties and for
 * `top` 1 it is C(beaten, ways - 1) / C(nCandidates - 1, ways - 1).
 *
 * For two ways it is the pairwise score; for `ways = nCandidates`, n-way identification. Chance is top / ways.
 *
 * @param nCandidates the target and all its distractors
 * @throws RangeError unless 1 <= top < ways <= nCandidates
 */
export function retrievalShare(
  { beaten, ties }: Standing,
  nCandidates: number,
  { ways, top }: Retrieval,
): number {
  if (!(Number.isInteger(ways) && Number.isInteger(top) && top >= 1 && top < ways && ways <= nCandidates)) {
    throw new RangeError(`The best ${top} of ${ways} cannot be drawn from ${nCandidates} candidates`);
  }
  const drawn = ways - 1;
  const better = nCandidates - 1 - beaten - ties;
  const all = logChoose(nCandidates - 1, drawn);
  let share = 0;
  // Of those drawn, `ahead` are better than the target, and `tied` just as good.
  for (let ahead = 0; ahead <= Math.min(better, drawn, top - 1); ahead += 1) {
    for (let tied = 0; tied <= Math.min(ties, drawn - ahead); tied += 1) {
      const rest = drawn - ahead - tied;
      if (rest > beaten) continue;
      const probability = Math.exp(
        logChoose(better, ahead) + logChoose(ties, tied) + logChoose(beaten, rest) - all,
      );
      share += probability * Math.min(1, (top - ahead) / (tied + 1));
    }
  }
  return Math.min(1, share);
}

function logChoose(n: number, k: number): number {
  if (k === 0 || k === n) return 0;
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/**
 * The retrievals that are reported of so many candidates: 2, 5, 10, 20 and 50 ways as far as there are candidates, and the
 * best five of ten ways and more.
 */
export function retrievalsOf(nCandidates: number): Retrieval[] {
  const ways = [2, 5, 10, 20, 50].filter((count) => count <= nCandidates);
  return [
    ...ways.map((count) => ({ ways: count, top: 1 })),
    ...ways.filter((count) => count >= 10).map((count) => ({ ways: count, top: 5 })),
  ];
}
