/** Codes that differ in at most this many bits agree in one of their four 16-bit parts, by which they are sorted. */
export const furthestDistance = 3;
const parts = 4;
const values = 2 ** 16;
/** A code is compared with at most so many of those that share a part: a bound for sets that are all alike. */
const comparedEach = 4096;

export interface HammingPair {
  /** Positions of the two codes, the first the lower. */
  readonly a: number;
  readonly b: number;
  /** Bits in which they differ. */
  readonly distance: number;
}

/**
 * All pairs of 64-bit codes that differ in at most three bits. Time grows with the number of codes that share 16
 * bits, not with the square of all; among more than 4096 codes that share the same 16 bits, those furthest apart in order of
 * their codes are not compared.
 *
 * @param codes [n, 2] words of 32 bits.
 */
export function* hammingNeighbours(codes: Uint32Array): Generator<HammingPair> {
  const count = codes.length / 2;
  const partOf = (code: number, part: number) =>
    (codes[2 * code + (part >> 1)] >>> (part % 2 === 0 ? 16 : 0)) & 0xffff;
  // Sorted once: whatever the part, equal and similar codes then stand close together within a bucket.
  const sorted = Uint32Array.from({ length: count }, (_, code) => code).sort(
    (a, b) => codes[2 * a] - codes[2 * b] || codes[2 * a + 1] - codes[2 * b + 1] || a - b,
  );
  for (let part = 0; part < parts; part++) {
    const { order, starts } = bucketSort(sorted, (code) => partOf(code, part));
    for (let bucket = 0; bucket < values; bucket++) {
      const end = starts[bucket + 1];
      for (let first = starts[bucket]; first < end; first++) {
        const last = Math.min(end, first + 1 + comparedEach);
        for (let second = first + 1; second < last; second++) {
          const [one, other] = [order[first], order[second]];
          const distance =
            bitCount(codes[2 * one] ^ codes[2 * other]) + bitCount(codes[2 * one + 1] ^ codes[2 * other + 1]);
          if (distance > furthestDistance) continue;
          // A pair that agrees in an earlier part was found there.
          let known = false;
          for (let earlier = 0; earlier < part && !known; earlier++) {
            known = partOf(one, earlier) === partOf(other, earlier);
          }
          if (!known) yield { a: Math.min(one, other), b: Math.max(one, other), distance };
        }
      }
    }
  }
}

/** Stable counting sort. */
function bucketSort(items: Uint32Array, bucketOf: (item: number) => number) {
  const starts = new Uint32Array(values + 1);
  for (const item of items) starts[bucketOf(item) + 1]++;
  for (let bucket = 0; bucket < values; bucket++) starts[bucket + 1] += starts[bucket];
  const next = starts.slice();
  const order = new Uint32Array(items.length);
  for (const item of items) order[next[bucketOf(item)]++] = item;
  return { order, starts };
}

/** Bits in which two codes of 64 bits differ. */
export function hammingDistance(a: readonly [number, number], b: readonly [number, number]): number {
  return bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1]);
}

/** Set bits of a word of 32 bits. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
