/** Where a target stands among the candidates of one decoded code. */
export interface Standing {
  /** Other candidates that are less alike than the target. */
  readonly beaten: number;
  /** Other candidates that are just as like. */
  readonly ties: number;
}

export interface Standings {
  readonly n: number;
  /** What the standing of decoded code i is if j were its target, as a place in `kinds`, [n, n]. */
  readonly kindOf: Uint32Array;
  /** The different standings that occur. */
  readonly kinds: readonly Standing[];
}

/**
 * Where every candidate would stand as the target of every decoded code. All scores of identification are functions of
 * that, so that permutations need no more than to look them up.
 *
 * @param likeness of each decoded code (rows) to each candidate (columns), [n, n]; the more, the more alike
 * @throws RangeError when the shape does not fit, or a likeness is NaN
 */
export function standingsOf(likeness: Float64Array, n: number): Standings {
  if (n < 2 || likeness.length !== n * n) {
    throw new RangeError(`${likeness.length} values are no table of ${n} by ${n}, at least 2 by 2`);
  }
  const kinds: Standing[] = [];
  const places = new Map<number, number>();
  const kindOf = new Uint32Array(n * n);
  for (let i = 0; i < n; i += 1) {
    const row = likeness.subarray(i * n, (i + 1) * n);
    // NaN stands at the end of a sorted array.
    const sorted = row.slice().sort();
    if (Number.isNaN(sorted[n - 1])) throw new RangeError(`The likeness of decoded code ${i} is NaN`);
    for (let j = 0; j < n; j += 1) {
      const beaten = firstAt(sorted, row[j], false);
      const ties = firstAt(sorted, row[j], true) - beaten - 1;
      const code = beaten * n + ties;
      let place = places.get(code);
      if (place === undefined) {
        place = kinds.push({ beaten, ties }) - 1;
        places.set(code, place);
      }
      kindOf[i * n + j] = place;
    }
  }
  return { n, kindOf, kinds };
}

/** The first place of an ascending array whose value is at least `value`, or above it. */
function firstAt(sorted: Float64Array, value: number, above: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value || (above && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Share of the distractors that the target beats; a tie counts one half. Chance 0.5. */
export function pairwiseShare({ beaten, ties }: Standing, nCandidates: number): number {
  return (beaten + ties / 2) / (nCandidates - 1);
}
