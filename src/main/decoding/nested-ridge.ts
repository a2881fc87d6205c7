import {
  addSums,
  type CentredSums,
  centreSums,
  fitRidge,
  type RidgeFit,
  type RidgeSums,
  squaredErrors,
} from './ridge.ts';

/** Relative penalties that are tried (see `fitRidge`). */
export const ridgePenalties = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10] as const;

/** What was fitted without one fold. */
export interface OuterFold {
  /** Sums over all rows outside the fold. */
  readonly training: CentredSums;
  /** Weights at each target's own penalty. */
  readonly fit: RidgeFit;
  /** The penalty of each target, chosen on the rows outside the fold alone. */
  readonly penalties: readonly number[];
}

export interface NestedRidge {
  readonly folds: readonly OuterFold[];
  /** Fitted on all rows, the penalty chosen by cross-validation over the same folds. */
  readonly all: Omit<OuterFold, 'training'> & { readonly training: CentredSums };
}

/**
 * Ridge regression by nested cross-validation, from sums over folds.
 *
 * For every outer fold the penalty of each target is the one of least squared error over the inner folds, which are the
 * other outer folds: each is predicted from what neither it nor the outer fold holds. Nothing of a fold decides on how
 * it is predicted.
 *
 * @param folds sums over the rows of each fold; at least 3, none empty.
 * @param onFit called after each subset that was fitted, with how many there are in all.
 */
export function nestedRidge(
  folds: readonly RidgeSums[],
  onFit: (done: number, total: number) => void = () => undefined,
): NestedRidge {
  if (folds.length < 3) throw new RangeError(`Nested cross-validation needs 3 folds, not ${folds.length}`);
  const nFolds = folds.length;
  const total = nFolds + (nFolds * (nFolds - 1)) / 2;
  let done = 0;
  const nTargets = folds[0].y.length;
  const whole = folds.reduce((sum, fold) => addSums(sum, fold, 1));
  const errorTable = () => ridgePenalties.map(() => new Float64Array(nTargets));
  /** By outer fold: squared error of each penalty and target, over its inner folds. */
  const inner = folds.map(errorTable);
  for (let one = 0; one < nFolds; one++) {
    const withoutOne = addSums(whole, folds[one], -1);
    for (let other = one + 1; other < nFolds; other++) {
      // What is left without both serves either as the outer and the other as the inner fold.
      const training = centreSums(addSums(withoutOne, folds[other], -1));
      ridgePenalties.forEach((penalty, at) => {
        const fit = fitRidge(training, penalty);
        accumulate(inner[one][at], squaredErrors(fit, folds[other]));
        accumulate(inner[other][at], squaredErrors(fit, folds[one]));
      });
      onFit(++done, total);
    }
  }
  const outer = errorTable();
  const fitted = folds.map((fold, at) => {
    const training = centreSums(addSums(whole, fold, -1));
    const candidates = ridgePenalties.map((penalty) => fitRidge(training, penalty));
    candidates.forEach((fit, penalty) => {
      accumulate(outer[penalty], squaredErrors(fit, fold));
    });
    onFit(++done, total);
    return { training, ...pick(candidates, leastErrors(inner[at])) };
  });
  const training = centreSums(whole);
  const best = leastErrors(outer);
  const candidates = ridgePenalties.map((penalty, at) =>
    best.includes(at) ? fitRidge(training, penalty) : null,
  );
  return { folds: fitted, all: { training, ...pick(candidates, best) } };
}

function accumulate(sum: Float64Array, more: Float64Array): void {
  more.forEach((value, at) => {
    sum[at] += value;
  });
}

/** By target, the position of the penalty of least error; of equal ones the largest penalty. */
function leastErrors(errors: readonly Float64Array[]): number[] {
  return Array.from(errors[0], (_, target) => {
    let best = 0;
    for (let at = 1; at < errors.length; at++) if (errors[at][target] <= errors[best][target]) best = at;
    return best;
  });
}

function pick(candidates: readonly (RidgeFit | null)[], chosen: readonly number[]) {
  const fits = chosen.map((at) => {
    const fit = candidates[at];
    if (!fit) throw new Error('A penalty was chosen that was not fitted.');
    return fit;
  });
  const { rows, cols } = fits[0].weights;
  const data = new Float64Array(rows * cols);
  fits.forEach(({ weights }, target) => {
    for (let k = 0; k < rows; k++) data[k * cols + target] = weights.data[k * cols + target];
  });
  return {
    fit: {
      weights: { rows, cols, data },
      intercepts: Float64Array.from(fits, ({ intercepts }, target) => intercepts[target]),
    },
    penalties: chosen.map((at) => ridgePenalties[at]),
  };
}
