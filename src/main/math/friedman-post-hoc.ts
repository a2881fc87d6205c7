import { studentTSf } from './distributions.ts';
import { rankRows, rankSums } from './friedman.ts';
import { holmAdjusted } from './multiple-testing.ts';
import { studentizedRangeSf } from './studentized-range.ts';
import { wilcoxonSignedRank } from './wilcoxon.ts';

export interface PairComparison {
  /** Indices of the conditions, first < second. */
  readonly first: number;
  readonly second: number;
  /** What the test computes of the pair (see the test); positive where the first condition ranks higher. */
  readonly statistic: number;
  /** Two-sided. */
  readonly p: number;
  /** Adjusted for all pairs of conditions. */
  readonly adjustedP: number;
}

/**
 * Nemenyi's test of all pairs of conditions after Friedman's: the difference of two mean ranks against the studentized
 * range with infinite degrees of freedom (Nemenyi 1963; Demsar 2006, JMLR 7, 3.2.2). That is what MATLAB's `multcompare`
 * does by default after `friedman`, with the same correction for ties. It holds the family-wise error by itself:
 * `p` equals `adjustedP`.
 *
 * `statistic` is q: the difference of the mean ranks over its standard error times root two.
 *
 * @param table [nSubjects, nConditions]
 * @throws RangeError as `friedmanTest`
 */
export function nemenyiPairs(table: ArrayLike<number>, nConditions: number): PairComparison[] {
  const { nSubjects, sums, squares } = rankSums(table, nConditions);
  // Variance of one subject's ranks: k (k + 1) / 12 without ties.
  const variance =
    (squares - (nSubjects * nConditions * (nConditions + 1) ** 2) / 4) / (nSubjects * (nConditions - 1));
  return pairsOf(nConditions, (first, second) => {
    const difference = (sums[first] - sums[second]) / nSubjects;
    const q = ratio(difference, Math.sqrt(variance / nSubjects));
    return { statistic: q, p: studentizedRangeSf(Math.abs(q), nConditions) };
  }).map((pair) => ({ ...pair, adjustedP: pair.p }));
}

/**
 * Conover's t-test of all pairs of conditions after Friedman's (Conover 1999, *Practical Nonparametric Statistics*, 3rd
 * edition, 5.8), with Holm's adjustment. More sensitive than Nemenyi's test, and liberal with very few subjects.
 *
 * `statistic` is t with (nSubjects - 1)(nConditions - 1) degrees of freedom; where the conditions stand in one order in all
 * subjects nothing is left to judge differences by, and t is infinite.
 *
 * @param table [nSubjects, nConditions]
 * @throws RangeError as `friedmanTest`
 */
export function conoverPairs(table: ArrayLike<number>, nConditions: number): PairComparison[] {
  const { nSubjects, sums, squares } = rankSums(table, nConditions);
  const dof = (nSubjects - 1) * (nConditions - 1);
  let squaredSums = 0;
  for (const sum of sums) squaredSums += sum * sum;
  const scale = Math.sqrt((2 * Math.max(0, nSubjects * squares - squaredSums)) / dof);
  return withHolm(
    pairsOf(nConditions, (first, second) => {
      const t = ratio(sums[first] - sums[second], scale);
      return { statistic: t, p: Math.min(1, 2 * studentTSf(Math.abs(t), dof)) };
    }),
  );
}

/**
 * Wilcoxon's signed-rank test of all pairs of conditions, exact, with Holm's adjustment. It looks at sizes of differences, not only
 * at their order, and takes no approximation; with n subjects no two-sided p is below 2^(1 - n): 0.125 with four.
 *
 * `statistic` is the sum of signed ranks.
 *
 * @param table [nSubjects, nConditions]
 * @throws RangeError as `friedmanTest`
 */
export function wilcoxonPairs(table: ArrayLike<number>, nConditions: number): PairComparison[] {
  const nSubjects = rankRows(table, nConditions).length;
  return withHolm(
    pairsOf(nConditions, (first, second) => {
      const differences = Float64Array.from(
        { length: nSubjects },
        (_, subject) => table[subject * nConditions + first] - table[subject * nConditions + second],
      );
      const { positive, negative, p } = wilcoxonSignedRank(differences);
      return { statistic: positive - negative, p };
    }),
  );
}

/** 0 where there is no difference, even if nothing varies. */
function ratio(difference: number, scale: number): number {
  return difference === 0 ? 0 : difference / scale;
}

type Judged = Omit<PairComparison, 'adjustedP'>;

function pairsOf(
  nConditions: number,
  judge: (first: number, second: number) => { statistic: number; p: number },
): Judged[] {
  const pairs: Judged[] = [];
  for (let first = 0; first < nConditions; first += 1) {
    for (let second = first + 1; second < nConditions; second += 1) {
      pairs.push({ first, second, ...judge(first, second) });
    }
  }
  return pairs;
}

function withHolm(pairs: readonly Judged[]): PairComparison[] {
  const adjusted = holmAdjusted(pairs.map(({ p }) => p));
  return pairs.map((pair, at) => ({ ...pair, adjustedP: adjusted[at] }));
}
