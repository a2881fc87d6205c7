import { crossProduct, type Matrix, matrix, multiply } from '../math/matrix.ts';
import { residualForming } from './nuisance.ts';
import { orthonormalBasis } from '../math/qr.ts';
import { voxelMeans } from './linear-fit.ts';

/** Correlations from one volume to the next beyond which a series is no longer noise to be modelled. */
const largest = 0.95;
const rounding = 1e-12;
/** So many voxels, evenly spaced, tell one number to 0.002. */
const enoughVoxels = 2000;
/** Distances in time at which AR(1) noise still counts: 0.95 to the power of 90 is below 0.01. */
const furthest = 90;

/**
 * One AR(1) coefficient for all voxels of a run: the correlation of the noise from volume to volume, pooled over voxels
 * of unit variance, as SPM takes one for the whole brain.
 *
 * Residuals are less correlated than the noise they come from, the more columns the model has. The coefficient is
 * therefore the one whose noise would leave residuals as correlated as those observed (the bias correction of Worsley
 * et al. 2002, doi 10.1006/nimg.2001.0933, with the whole covariance of AR(1) noise).
 *
 * @param design [nTime, columns]: everything that is not noise, nuisance included; dependent columns do no harm
 * @param y [nTime, nVoxels]
 * @returns the coefficient, within -0.95 and 0.95; 0 where nothing is left to estimate from
 */
export function estimateAr1(design: Matrix, y: Float32Array, nVoxels: number): number {
  const nTime = design.rows;
  const { q } = orthonormalBasis(design);
  if (nTime - q.cols < 3) return 0;
  const series = someVoxels(y, nTime, nVoxels);
  const size = columnSums(series, (value) => value ** 2);
  const fitted = multiply(q, crossProduct(q, series)).data;
  for (let i = 0; i < fitted.length; i++) series.data[i] -= fitted[i];
  const power = columnSums(series, (value) => value ** 2);
  const lagged = columnSums(series, (value, i) =>
    i < series.cols ? 0 : value * series.data[i - series.cols],
  );
  let ratio = 0;
  let counted = 0;
  for (let voxel = 0; voxel < series.cols; voxel++) {
    // What is left of a voxel that never changes is rounding.
    if (!(power[voxel] > rounding * size[voxel])) continue;
    ratio += lagged[voxel] / power[voxel];
    counted += 1;
  }
  if (counted === 0) return 0;
  return unbiased(ratio / counted, q);
}

/** The coefficient whose noise leaves residuals with the correlation observed: that grows with it, so by bisection. */
function unbiased(observed: number, q: Matrix): number {
  const residualMaker = residualForming(q);
  const lags = Array.from({ length: Math.min(q.rows, furthest) }, (_, of) => of);
  const products = lags.map((of) => tracedProduct(residualMaker, 1, of));
  const powers = lags.map((of) => tracedProduct(residualMaker, 0, of));
  const expected = (rho: number) => polynomial(products, rho) / polynomial(powers, rho);
  let [low, high] = [-largest, largest];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (expected(middle) < observed) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

/**
 * The expected sum of r[t] r[t - lag] over t, for residuals r = R e of noise whose covariance is 1 at a distance of `of`
 * volumes, both ways, and 0 elsewhere.
 */
function tracedProduct({ rows: n, data: r }: Matrix, lag: number, of: number): number {
  let sum = 0;
  for (let t = lag; t < n; t++) {
    const row = t * n;
    const other = (t - lag) * n;
    for (let s = 0; s < n; s++) {
      if (of === 0) sum += r[row + s] * r[other + s];
      else {
        if (s + of < n) sum += r[row + s] * r[other + s + of];
        if (s - of >= 0) sum += r[row + s] * r[other + s - of];
      }
    }
  }
  return sum;
}

/** [nTime, at most enoughVoxels] */
function someVoxels(y: Float32Array, nTime: number, nVoxels: number): Matrix {
  const step = Math.ceil(nVoxels / enoughVoxels);
  const cols = Math.ceil(nVoxels / step);
  const result = matrix(nTime, cols);
  for (let t = 0; t < nTime; t++) {
    for (let at = 0; at < cols; at++) result.data[t * cols + at] = y[t * nVoxels + at * step];
  }
  return result;
}

function columnSums({ cols, data }: Matrix, term: (value: number, i: number) => number): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) sums[i % cols] += term(data[i], i);
  return sums;
}

/** Columns of a design as the whitened data are to be explained by them: x[t] - rho x[t - 1], the first by its weight. */
export function whitenColumns(columns: Matrix, rho: number): Matrix {
  const { rows, cols, data } = columns;
  const result = matrix(rows, cols);
  const first = Math.sqrt(1 - rho ** 2);
  for (let at = 0; at < cols; at++) result.data[at] = first * data[at];
  for (let at = cols; at < rows * cols; at++) result.data[at] = data[at] - rho * data[at - cols];
  return result;
}

/**
 * Turns data into such whose noise is white if it was AR(1) with `rho`, in place. Each voxel's mean is taken off first, in float64, so that a small
 * signal on a high baseline keeps its digits: the model must hold a constant.
 *
 * @param y [nTime, nVoxels]
 * @throws FusiformError DATA_NOT_FINITE
 */
export function whitenSeries(y: Float32Array, nVoxels: number, rho: number): void {
  const nTime = y.length / nVoxels;
  const means = voxelMeans(y, nTime, nVoxels);
  const left = means.map((mean) => (1 - rho) * mean);
  // From the end, as each volume needs the one before it as it was.
  for (let row = (nTime - 1) * nVoxels; row > 0; row -= nVoxels) {
    for (let voxel = 0; voxel < nVoxels; voxel++) {
      y[row + voxel] -= rho * y[row - nVoxels + voxel] + left[voxel];
    }
  }
  const first = Math.sqrt(1 - rho ** 2);
  for (let voxel = 0; voxel < nVoxels; voxel++) y[voxel] = first * (y[voxel] - means[voxel]);
}
