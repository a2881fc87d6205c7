import { Random } from '../../math/random.ts';

/** One comparison as a rater sees it. */
export interface Shown {
  readonly item: number;
  /** Where the picture of the first model stands. */
  readonly firstSide: 'left' | 'right';
}

/**
 * In which order, and on which sides, a rater sees the comparisons: by the session's seed and the rater's name alone, so that
 * a session that was left goes on where it was. Each side is the first model's equally often.
 */
export function planOf(seed: number, rater: string, nItems: number): Shown[] {
  const random = new Random(seed).fork(`rater ${rater}`);
  const order = random.fork('order').permutation(nItems);
  const sides = random.fork('sides').permutation(nItems);
  return [...order].map((item, at) => ({ item, firstSide: sides[at] % 2 === 0 ? 'left' : 'right' }));
}
