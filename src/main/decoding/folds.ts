import type { Random } from '../math/random.ts';

/**
 * Divides rows into folds of nearly equal size, at random; rows of one group stay together.
 *
 * Groups are dealt largest first, each to the fold that is smallest so far (as scikit-learn's GroupKFold); those of one
 * size in random order.
 *
 * @param groups one name a row; null (and `groups` left out) for a row that stands alone.
 * @returns the fold of every row, 0..folds-1. A fold may stay empty where there are fewer groups than folds.
 * @throws RangeError unless 2 <= folds <= 255
 */
export function assignFolds(
  nRows: number,
  folds: number,
  random: Random,
  groups?: readonly (string | null)[],
): Uint8Array {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 255)) {
    throw new RangeError(`There are 2 to 255 folds, not ${folds}`);
  }
  const members: number[][] = [];
  const known = new Map<string, number[]>();
  for (const row of random.permutation(nRows)) {
    const name = groups?.[row] ?? null;
    const group = name === null ? undefined : known.get(name);
    if (group) group.push(row);
    else {
      const started = [row];
      members.push(started);
      if (name !== null) known.set(name, started);
    }
  }
  members.sort((a, b) => b.length - a.length);
  const sizes = new Array<number>(folds).fill(0);
  const foldOf = new Uint8Array(nRows);
  for (const rows of members) {
    const smallest = sizes.indexOf(Math.min(...sizes));
    sizes[smallest] += rows.length;
    for (const row of rows) foldOf[row] = smallest;
  }
  return foldOf;
}
