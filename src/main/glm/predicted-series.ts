import { dot, type Matrix, matrix, multiply, transpose } from '../math/matrix.ts';
import { orthonormalBasis, upperTriangularInverse } from '../math/qr.ts';
import { whitenColumns } from './autocorrelation.ts';
import { selectColumns } from './design.ts';

export interface PredictedSeries {
  /** [nTime]: what regressors and nuisance predict together. */
  readonly fit: Float64Array;
  /** [nTime]: the nuisance alone. */
  readonly nuisance: Float64Array;
  /** Share of the variance behind the nuisance that the regressors explain; null where nothing varies. */
  readonly explained: number | null;
}

/**
 * What a linear model predicts of one voxel in one run, whose nuisance is fitted to the run while the coefficients of its regressors
 * are those of the whole study. With all runs in one design, in which each run has its own nuisance columns, these are the fitted
 * values of least squares (Frisch, Waugh & Lovell).
 *
 * @param x [nTime, regressors] @param nuisance [nTime, any number]; dependent columns do no harm
 * @param y [nTime] @param beta [regressors]
 * @param rho of noise that was made white before the fit; 0: it was not
 */
export function predictedSeries(
  x: Matrix,
  nuisance: Matrix,
  y: ArrayLike<number>,
  beta: Float64Array,
  rho = 0,
): PredictedSeries {
  const nTime = x.rows;
  const signal = multiply(x, matrix(x.cols, 1, beta)).data;
  // Without its mean a signal of 1 on a baseline of 1000 keeps its digits.
  let mean = 0;
  for (let t = 0; t < nTime; t += 1) mean += y[t] / nTime;
  const left = matrix(
    nTime,
    1,
    Float64Array.from({ length: nTime }, (_, t) => y[t] - mean - signal[t]),
  );
  const centred = matrix(
    nTime,
    1,
    Float64Array.from({ length: nTime }, (_, t) => y[t] - mean),
  );
  const { q, r, kept } = orthonormalBasis(whitenColumns(nuisance, rho));
  const whiteLeft = whitenColumns(left, rho);
  const coefficients = multiply(
    upperTriangularInverse(selectColumns(r, kept)),
    multiply(transpose(q), whiteLeft),
  ).data;
  const fitted = Float64Array.from({ length: nTime }, (_, t) => {
    let sum = mean;
    kept.forEach((column, at) => {
      sum += nuisance.data[t * nuisance.cols + column] * coefficients[at];
    });
    return sum;
  });
  const unexplained = squaresBehind(q, whiteLeft);
  const all = squaresBehind(q, whitenColumns(centred, rho));
  return {
    fit: fitted.map((value, t) => value + signal[t]),
    nuisance: fitted,
    explained: all > 0 ? 1 - unexplained / all : null,
  };
}

/** Sum of squares of a series, its projection on a basis taken off. */
function squaresBehind(q: Matrix, series: Matrix): number {
  const { data } = multiply(q, multiply(transpose(q), series));
  const rest = series.data.map((value, t) => value - data[t]);
  return dot(rest, 0, rest, 0, rest.length);
}
