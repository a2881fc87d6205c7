import type { WorkContext } from '../../shared/progress.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import type { Design } from './design.ts';
import { LeastSquares } from './least-squares.ts';
import type { RunFit } from './ols.ts';
import { RunEstimates } from './run-estimates.ts';

/** Coefficients are kept to hundredths, so that voxels of one share a whitened design. */
const BINS = 100;

/**
 * A run's model with AR(1) noise of a coefficient a voxel, as nilearn's `run_glm(noise_model='ar1', bins=100)`:
 *
 * 1. Ordinary least squares; the coefficient of each voxel by Yule and Walker from the residuals r,
 *    `(sum of r[t] r[t + 1] / (n - 1)) / (sum of r[t]^2 / n)`, cut off (towards 0) after two digits.
 * 2. For each value, design and data whitened (`x[t] - rho x[t - 1]`, the first volume as it is) and fitted again.
 *
 * The coefficient is not corrected for what the design takes out of the residuals, and so is somewhat too small.
 *
 * @param y [nTime, nVoxels]
 * @throws FusiformError as `fitRun`
 */
export function fitRunAr1(design: Design, y: Float32Array, nVoxels: number, work?: WorkContext): RunFit {
  const run = new RunEstimates(design, y, nVoxels, work);
  const plain = new LeastSquares(design);
  const coefficients = new Float64Array(nVoxels);
  run.forEachBlock(null, (block, voxelAt) => {
    const rho = yuleWalker(plain.residuals(block));
    for (let v = 0; v < block.cols; v++) coefficients[voxelAt(v)] = Math.trunc(rho[v] * BINS) / BINS;
  });
  const voxelsOf = new Map<number, number[]>();
  coefficients.forEach((rho, voxel) => {
    const voxels = voxelsOf.get(rho);
    if (voxels === undefined) voxelsOf.set(rho, [voxel]);
    else voxels.push(voxel);
  });
  const of = new Int32Array(nVoxels);
  const covariances: Matrix[] = [];
  const ones = matrix(run.nTime, 1, new Float64Array(run.nTime).fill(1));
  for (const [rho, voxels] of [...voxelsOf].sort(([a], [b]) => a - b)) {
    const whitened = new LeastSquares({ ...design, columns: whiten(design.columns, rho) });
    run.fit(whitened, voxels, (block) => whiten(block, rho), whiten(ones, rho).data);
    for (const voxel of voxels) of[voxel] = covariances.length;
    covariances.push(whitened.covariance);
  }
  run.finish();
  const { beta, residualVariance, totalSquares } = run;
  return {
    names: design.names,
    nVoxels,
    beta,
    covariance: plain.covariance,
    groups: { of, covariances },
    residualVariance,
    totalSquares,
    dof: plain.dof,
    rank: plain.rank,
    problems: plain.problems,
    autocorrelation: coefficients,
  };
}

/** The coefficient of each column of residuals, [size]; 0 where nothing varies. */
function yuleWalker({ rows, cols, data }: Matrix): Float64Array {
  const power = new Float64Array(cols);
  const lagged = new Float64Array(cols);
  for (let t = 0; t < rows; t++) {
    for (let v = 0; v < cols; v++) {
      const value = data[t * cols + v];
      power[v] += value * value;
      if (t > 0) lagged[v] += value * data[(t - 1) * cols + v];
    }
  }
  return power.map((value, v) => (value === 0 ? 0 : lagged[v] / (rows - 1) / (value / rows)));
}

/** x[t] - rho x[t - 1] down every column; the first row stays. */
function whiten(x: Matrix, rho: number): Matrix {
  const result = matrix(x.rows, x.cols, x.data.slice());
  for (let at = x.cols; at < x.data.length; at++) result.data[at] -= rho * x.data[at - x.cols];
  return result;
}
