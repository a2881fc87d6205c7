import { choleskyFactor, choleskySolve } from '../math/cholesky.ts';
import { type Matrix, matrix, mirrorUpper } from '../math/matrix.ts';

/**
 * Ridge regression of many targets on the same rows from sums over the rows alone, so that rows are read once however
 * many penalties and subsets of them are tried: sums of subsets add and subtract.
 */
export interface RidgeSums {
  readonly n: number;
  /** [nFeatures] */
  readonly x: Float64Array;
  /** X'X, [nFeatures, nFeatures] */
  readonly xx: Matrix;
  /** [nTargets] */
  readonly y: Float64Array;
  /** Sum of squares, [nTargets] */
  readonly yy: Float64Array;
  /** X'Y, [nFeatures, nTargets] */
  readonly xy: Matrix;
}

/**
 * Sums over some rows.
 *
 * @param features [n, nFeatures]
 * @param origin taken off every row first, [nFeatures]: near the mean, it keeps the sums free of cancellation.
 * @param targets each [n]
 */
export function sumRows(
  features: Float32Array | Float64Array,
  nFeatures: number,
  origin: ArrayLike<number>,
  targets: readonly ArrayLike<number>[],
  rows: ArrayLike<number>,
): RidgeSums {
  const nTargets = targets.length;
  const sums: RidgeSums = {
    n: rows.length,
    x: new Float64Array(nFeatures),
    xx: matrix(nFeatures, nFeatures),
    y: new Float64Array(nTargets),
    yy: new Float64Array(nTargets),
    xy: matrix(nFeatures, nTargets),
  };
  const block = new Float64Array(4 * nFeatures);
  const [a, b, c, d] = [0, 1, 2, 3].map((at) => block.subarray(at * nFeatures, (at + 1) * nFeatures));
  const g = sums.xx.data;
  for (let start = 0; start < rows.length; start += 4) {
    // Four rows at a time, so that the large sum is walked through once for every four; missing ones are 0.
    block.fill(0);
    const end = Math.min(rows.length, start + 4);
    for (let at = start; at < end; at++) {
      const from = rows[at] * nFeatures;
      const to = (at - start) * nFeatures;
      for (let k = 0; k < nFeatures; k++) block[to + k] = features[from + k] - origin[k];
    }
    for (let i = 0; i < nFeatures; i++) {
      sums.x[i] += a[i] + b[i] + c[i] + d[i];
      for (let j = i; j < nFeatures; j++) {
        g[i * nFeatures + j] += a[i] * a[j] + b[i] * b[j] + (c[i] * c[j] + d[i] * d[j]);
      }
    }
    for (let at = start; at < end; at++) {
      const row = block.subarray((at - start) * nFeatures, (at - start + 1) * nFeatures);
      for (let t = 0; t < nTargets; t++) {
        const value = targets[t][rows[at]];
        sums.y[t] += value;
        sums.yy[t] += value * value;
        if (value === 0) continue;
        for (let k = 0; k < nFeatures; k++) sums.xy.data[k * nTargets + t] += value * row[k];
      }
    }
  }
  mirrorUpper(g, nFeatures);
  return sums;
}

/** `a + sign b`, element by element. */
export function addSums(a: RidgeSums, b: RidgeSums, sign: 1 | -1): RidgeSums {
  const add = (p: Float64Array, q: Float64Array) => p.map((value, at) => value + sign * q[at]);
  return {
    n: a.n + sign * b.n,
    x: add(a.x, b.x),
    xx: matrix(a.xx.rows, a.xx.cols, add(a.xx.data, b.xx.data)),
    y: add(a.y, b.y),
    yy: add(a.yy, b.yy),
    xy: matrix(a.xy.rows, a.xy.cols, add(a.xy.data, b.xy.data)),
  };
}

/** Sums about the means of the rows. */
export interface CentredSums {
  readonly n: number;
  /** Mean row less the origin, [nFeatures]. */
  readonly meanX: Float64Array;
  readonly meanY: Float64Array;
  /** Sum of squares about the mean, [nTargets] */
  readonly yy: Float64Array;
  /** [nFeatures, nFeatures] */
  readonly xx: Matrix;
  /** [nFeatures, nTargets] */
  readonly xy: Matrix;
}

/** Takes the means out of the sums of a ridge regression. */
export function centreSums({ n, x, xx, y, yy, xy }: RidgeSums): CentredSums {
  const meanX = x.map((value) => value / n);
  const meanY = y.map((value) => value / n);
  const nFeatures = x.length;
  const nTargets = y.length;
  return {
    n,
    meanX,
    meanY,
    yy: yy.map((value, t) => value - y[t] * meanY[t]),
    xx: matrix(
      nFeatures,
      nFeatures,
      xx.data.map((value, at) => value - x[Math.floor(at / nFeatures)] * meanX[at % nFeatures]),
    ),
    xy: matrix(
      nFeatures,
      nTargets,
      xy.data.map((value, at) => value - x[Math.floor(at / nTargets)] * meanY[at % nTargets]),
    ),
  };
}

/** Predictions are `intercept + weights . (row - origin)`. */
export interface RidgeFit {
  /** [nFeatures, nTargets] */
  readonly weights: Matrix;
  /** [nTargets] */
  readonly intercepts: Float64Array;
}

/**
 * The ridge regression `min |y - b - X w|^2 + alpha |w|^2` with `alpha = penalty * trace(X'X) / nFeatures`, X centred
 * (the intercept is not penalised; Hoerl & Kennard 1970, Technometrics 12:55). The penalty is thus in units of the mean
 * eigenvalue of X'X: neither the scale of the features nor the number of rows changes its meaning.
 *
 * @throws RangeError where penalty <= 0 and X'X is singular
 */
export function fitRidge(sums: CentredSums, penalty: number): RidgeFit {
  const nFeatures = sums.meanX.length;
  const nTargets = sums.meanY.length;
  const system = matrix(nFeatures, nFeatures, sums.xx.data.slice());
  const alpha = ridgeAlpha(sums, penalty);
  for (let k = 0; k < nFeatures; k++) system.data[k * nFeatures + k] += alpha;
  const factor = choleskyFactor(system);
  if (!factor.ok) throw new RangeError(`Feature ${factor.column} is a combination of others; give a penalty`);
  const weights = choleskySolve(factor.lower, sums.xy);
  const intercepts = sums.meanY.map((value, t) => {
    let sum = value;
    for (let k = 0; k < nFeatures; k++) sum -= sums.meanX[k] * weights.data[k * nTargets + t];
    return sum;
  });
  return { weights, intercepts };
}

/** The absolute penalty that a relative one stands for, as scikit-learn's `Ridge(alpha)`. */
export function ridgeAlpha(sums: CentredSums, penalty: number): number {
  const nFeatures = sums.meanX.length;
  let trace = 0;
  for (let k = 0; k < nFeatures; k++) trace += sums.xx.data[k * nFeatures + k];
  // Codes that are all the same have no scale; any penalty then gives weights of 0.
  return trace > 0 ? (penalty * trace) / nFeatures : 1;
}

/** Squared error of a fit's predictions summed over the rows of `held`, one a target. */
export function squaredErrors({ weights, intercepts }: RidgeFit, held: RidgeSums): Float64Array {
  const nFeatures = held.x.length;
  const nTargets = held.y.length;
  const w = weights.data;
  return intercepts.map((b, t) => {
    let quadratic = 0;
    let cross = 0;
    let linear = 0;
    for (let i = 0; i < nFeatures; i++) {
      let row = 0;
      for (let j = 0; j < nFeatures; j++) row += held.xx.data[i * nFeatures + j] * w[j * nTargets + t];
      quadratic += w[i * nTargets + t] * row;
      cross += w[i * nTargets + t] * held.xy.data[i * nTargets + t];
      linear += w[i * nTargets + t] * held.x[i];
    }
    return held.yy[t] - 2 * (cross + b * held.y[t]) + quadratic + 2 * b * linear + held.n * b * b;
  });
}
