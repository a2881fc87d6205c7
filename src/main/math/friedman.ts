import { chiSquareSf } from './distributions.ts';
import { Random } from './random.ts';
import { midranks } from './ranks.ts';

export interface FriedmanOptions {
  /** Most distinct sums of ranks that are enumerated; beyond, the permutation p is drawn at random. Default 200000. */
  readonly maxStates?: number;
  /** Draws where enumeration would be too large; default 100000. */
  readonly nDraws?: number;
  /** Of these draws; default 1. */
  readonly seed?: number | string;
}

export interface FriedmanTest {
  readonly nSubjects: number;
  readonly nConditions: number;
  /** Mean rank of each condition, 1 the smallest value [nConditions]. */
  readonly meanRanks: Float64Array;
  /** Chi-square corrected for ties; 0 where every subject has one value in all conditions. */
  readonly statistic: number;
  readonly dof: number;
  /** By the chi-square approximation, as published: too coarse for few subjects. */
  readonly p: number;
  /** Kendall's coefficient of concordance, 0..1: statistic / (nSubjects (nConditions - 1)). */
  readonly kendallW: number;
  /** Where values are exchanged within each subject: the share of all tables that reach the statistic. */
  readonly permutationP: number;
  /** How `permutationP` was found. */
  readonly permutations: 'exact' | 'monte-carlo';
}

/**
 * Friedman's test (1937, JASA 32): whether conditions differ over subjects that were seen in all of them.
 *
 * Statistic and `p` are those of scipy.stats.friedmanchisquare and of MATLAB's `friedman`. With four subjects the
 * approximation is poor; `permutationP` is exact there (216 tables for three conditions).
 *
 * @param table [nSubjects, nConditions], row by row; ties within a row share ranks
 * @throws RangeError when the table is not whole, has fewer than two rows or columns, or holds NaN
 */
export function friedmanTest(
  table: ArrayLike<number>,
  nConditions: number,
  { maxStates = 200_000, nDraws = 100_000, seed = 1 }: FriedmanOptions = {},
): FriedmanTest {
  const { rows, nSubjects, sums, squares } = rankSums(table, nConditions);
  // Between conditions over within subjects: the usual formula with its correction for ties, rearranged.
  const expected = (nSubjects * (nConditions + 1)) / 2;
  const within = (squares - (nSubjects * nConditions * (nConditions + 1) ** 2) / 4) / (nConditions - 1);
  const reached = spread(sums, expected);
  const statistic = within > 0 ? reached / within : 0;
  const exact = exactShare(rows, reached, maxStates);
  return {
    nSubjects,
    nConditions,
    meanRanks: sums.map((sum) => sum / nSubjects),
    statistic,
    dof: nConditions - 1,
    p: chiSquareSf(statistic, nConditions - 1),
    kendallW: statistic / (nSubjects * (nConditions - 1)),
    permutationP: exact ?? drawnShare(rows, reached, nDraws, new Random(seed).fork('friedman')),
    permutations: exact === null ? 'monte-carlo' : 'exact',
  };
}

/** Ranks within each subject, [nSubjects][nConditions]. @throws RangeError as `friedmanTest` */
export function rankRows(table: ArrayLike<number>, nConditions: number): readonly Float64Array[] {
  const nSubjects = table.length / nConditions;
  if (!(Number.isInteger(nSubjects) && nSubjects >= 2 && nConditions >= 2)) {
    throw new RangeError(
      `${table.length} values are no table of two subjects or more by ${nConditions} conditions, at least two`,
    );
  }
  const values = Array.from(table);
  return Array.from({ length: nSubjects }, (_, subject) =>
    midranks(values.slice(subject * nConditions, (subject + 1) * nConditions)),
  );
}

/** Rank sum of each condition [nConditions], and the sum of all squared ranks. @throws RangeError as `friedmanTest` */
export function rankSums(table: ArrayLike<number>, nConditions: number) {
  const rows = rankRows(table, nConditions);
  const sums = new Float64Array(nConditions);
  let squares = 0;
  for (const row of rows) {
    row.forEach((rank, condition) => {
      sums[condition] += rank;
      squares += rank * rank;
    });
  }
  return { rows, nSubjects: rows.length, sums, squares };
}

function spread(sums: Float64Array, expected: number): number {
  let total = 0;
  for (const sum of sums) total += (sum - expected) ** 2;
  return total;
}

/**
 * The share of all tables that reach the spread, counted over the distinct sums of ranks. The first subject's ranks stay: to
 * permute all rows alike changes nothing. Null where the sums are too many.
 */
function exactShare(rows: readonly Float64Array[], reached: number, maxStates: number): number | null {
  const nConditions = rows[0].length;
  // Eight factorial arrangements a row: what is larger would not be enumerated in time.
  if (nConditions > 8) return null;
  const [first, ...others] = rows;
  let states = new Map([[first.join(), { sums: first, share: 1 }]]);
  for (const row of others) {
    const arrangements = distinctArrangements(row);
    if (states.size * arrangements.length > 20 * maxStates) return null;
    const next: typeof states = new Map();
    for (const { sums, share } of states.values()) {
      for (const arrangement of arrangements) {
        const added = sums.map((sum, condition) => sum + arrangement[condition]);
        // Which condition has which sum does not matter.
        added.sort();
        const key = added.join();
        const state = next.get(key);
        if (state) state.share += share / arrangements.length;
        else next.set(key, { sums: added, share: share / arrangements.length });
      }
    }
    if (next.size > maxStates) return null;
    states = next;
  }
  const expected = (rows.length * (nConditions + 1)) / 2;
  let p = 0;
  for (const { sums, share } of states.values()) if (spread(sums, expected) >= reached - 1e-9) p += share;
  return Math.min(1, p);
}

/** Every order of a row's ranks; equal ranks are not told apart. */
function distinctArrangements(row: Float64Array): number[][] {
  const arrange = (left: readonly number[]): number[][] => {
    if (left.length === 0) return [[]];
    return [...new Set(left)].flatMap((value) => {
      const at = left.indexOf(value);
      return arrange([...left.slice(0, at), ...left.slice(at + 1)]).map((rest) => [value, ...rest]);
    });
  };
  return arrange([...row]);
}

function drawnShare(rows: readonly Float64Array[], reached: number, nDraws: number, random: Random): number {
  const shuffled = rows.map((row) => row.slice());
  const nConditions = rows[0].length;
  const expected = (rows.length * (nConditions + 1)) / 2;
  const sums = new Float64Array(nConditions);
  let count = 0;
  for (let draw = 0; draw < nDraws; draw += 1) {
    sums.fill(0);
    for (const row of shuffled) {
      random.shuffle(row);
      for (let condition = 0; condition < nConditions; condition += 1) sums[condition] += row[condition];
    }
    if (spread(sums, expected) >= reached - 1e-9) count += 1;
  }
  return (1 + count) / (1 + nDraws);
}
