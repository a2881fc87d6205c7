import { binomialSf, normalIsf } from '../math/distributions.ts';

/** How well two classes were told apart, each row by what was learnt without it. */
export interface ClassScores {
  readonly accuracy: number;
  /** 95 % interval of the accuracy (Wilson 1927, JASA 22:209), on the effective number of rows. */
  readonly lower: number;
  readonly upper: number;
  /** Exact one-sided binomial probability of as many correct for who always names the larger class. */
  readonly p: number;
  /** Mean of the shares of both classes that are told right; chance 0.5. */
  readonly balancedAccuracy: number;
  /** Share of pairs of one row of each class that are in the right order; chance 0.5. */
  readonly auc: number;
}

export interface ScoredRows {
  /** One flag a row. */
  readonly inClass: ArrayLike<boolean>;
  /** Above 0: in the class. For the accuracy. */
  readonly forAccuracy: ArrayLike<number>;
  /** Above 0: in the class. For the balanced accuracy. */
  readonly forBalance: ArrayLike<number>;
  /** Rows of different folds were scored by different weights and are not compared with one another. */
  readonly foldOf: ArrayLike<number>;
  /** Rows that are no independent samples of each other, by name; null for a row that stands alone. */
  readonly groups?: readonly (string | null)[];
}

/** @throws RangeError where a class has no row */
export function scoreClasses(rows: ScoredRows): ClassScores {
  const { inClass, forAccuracy, forBalance } = rows;
  const n = inClass.length;
  const correct = Array.from({ length: n }, (_, row) => forAccuracy[row] > 0 === inClass[row]);
  const counts = [0, 0];
  const right = [0, 0];
  for (let row = 0; row < n; row++) {
    const side = inClass[row] ? 1 : 0;
    counts[side] += 1;
    if (forBalance[row] > 0 === inClass[row]) right[side] += 1;
  }
  if (counts[0] === 0 || counts[1] === 0) throw new RangeError('Both classes need rows');
  const accuracy = correct.filter(Boolean).length / n;
  const effective = Math.max(1, Math.floor(n / designEffect(correct, accuracy, rows.groups)));
  const majority = Math.max(...counts) / n;
  const [lower, upper] = wilsonInterval(accuracy, effective);
  return {
    accuracy,
    lower,
    upper,
    p: binomialSf(Math.round(accuracy * effective) - 1, effective, majority),
    balancedAccuracy: (right[0] / counts[0] + right[1] / counts[1]) / 2,
    auc: areaUnderCurve(forBalance, inClass, rows.foldOf),
  };
}

/**
 * How many times more uncertain a share is because rows of a group go together: the variance between groups over that
 * of independent rows, at least 1 (Kish 1965, *Survey Sampling*; Rao & Scott 1992, Biometrics 48:577).
 */
export function designEffect(
  correct: readonly boolean[],
  share: number,
  groups: readonly (string | null)[] | undefined,
): number {
  if (groups === undefined || share === 0 || share === 1) return 1;
  const residuals = new Map<string, number>();
  correct.forEach((flag, row) => {
    const name = groups[row] === null ? `alone ${row}` : `group ${groups[row]}`;
    residuals.set(name, (residuals.get(name) ?? 0) + (flag ? 1 : 0) - share);
  });
  const nGroups = residuals.size;
  if (nGroups < 2) return correct.length;
  let squares = 0;
  for (const residual of residuals.values()) squares += residual * residual;
  const n = correct.length;
  const between = (squares * nGroups) / (nGroups - 1) / n ** 2;
  return Math.max(1, between / ((share * (1 - share)) / n));
}

/** The 95 % interval of a share of n. */
export function wilsonInterval(share: number, n: number): [lower: number, upper: number] {
  const z = normalIsf(0.025);
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Area under the ROC curve over the pairs within folds, all folds' pairs together; a tie counts one half. */
export function areaUnderCurve(
  scores: ArrayLike<number>,
  inClass: ArrayLike<boolean>,
  foldOf: ArrayLike<number>,
): number {
  const byFold = new Map<number, number[]>();
  for (let row = 0; row < scores.length; row++) {
    const rows = byFold.get(foldOf[row]);
    if (rows) rows.push(row);
    else byFold.set(foldOf[row], [row]);
  }
  let won = 0;
  let pairs = 0;
  for (const rows of byFold.values()) {
    rows.sort((a, b) => scores[a] - scores[b]);
    let below = 0;
    let positives = 0;
    for (let start = 0; start < rows.length; ) {
      let end = start;
      let [tiedIn, tiedOut] = [0, 0];
      while (end < rows.length && scores[rows[end]] === scores[rows[start]]) {
        if (inClass[rows[end]]) tiedIn += 1;
        else tiedOut += 1;
        end += 1;
      }
      won += tiedIn * (below + tiedOut / 2);
      below += tiedOut;
      positives += tiedIn;
      start = end;
    }
    pairs += positives * below;
  }
  return won / pairs;
}
