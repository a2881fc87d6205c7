import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { WorkContext } from '../../shared/progress.ts';
import { fSf } from '../math/distributions.ts';
import { columnSquares, crossProduct, type Matrix, matrix } from '../math/matrix.ts';
import { orthonormalBasis } from '../math/qr.ts';
import { symmetricEigen } from '../math/symmetric-eigen.ts';
import { type Design, selectColumns } from './design.ts';
import { LeastSquares } from './least-squares.ts';
import type { RunFit } from './ols.ts';
import { ar1Components, reml } from './reml.ts';
import { RunEstimates } from './run-estimates.ts';

/** Voxels tell of the noise whose effects of interest are significant at this level: SPM's `stats.fmri.ufp`. */
const SELECTED = 0.001;
/** Elements of the whitening matrix below this are taken as 0, as in SPM: a few volumes around each remain. */
const NEGLIGIBLE = 1e-6;

/**
 * A run's model with AR(1) noise of one shape for all voxels, as SPM's `AR(1)` (`spm_est_non_sphericity`, `spm_reml`):
 *
 * 1. Ordinary least squares. The voxels whose effects (all columns but drift and constant) pass F at p < 0.001 are scaled
 *    to unit residual variance, and the products of their volumes averaged: [nTime, nTime].
 * 2. Restricted maximum likelihood of two components around AR(0.2); V is their sum, scaled to trace nTime.
 * 3. Data and design are multiplied by V^(-1/2) and fitted again; the drift stays as it is, as SPM filters after whitening.
 *
 * What differs from SPM: each run is a model of its own (SPM pools the variance of a voxel over runs, and chooses voxels
 * by all runs); where the voxels that pass give no covariance, all are taken, and where those give none, the noise is taken
 * as white (SPM stops, or drops components). Both are reported.
 *
 * @param y [nTime, nVoxels]
 * @throws FusiformError as `fitRun`
 */
export function fitRunAr1Global(
  design: Design,
  y: Float32Array,
  nVoxels: number,
  work?: WorkContext,
): RunFit {
  const run = new RunEstimates(design, y, nVoxels, work);
  const plain = new LeastSquares(design);
  const problems: Problem[] = [...plain.problems];
  const covariance = noiseCovariance(design, run, plain, problems);
  const whitener = covariance === null ? null : inverseRoot(covariance);
  const whiten = (block: Matrix) => (whitener === null ? block : bandedProduct(whitener, block));
  const columns = whiten(design.columns);
  design.roles.forEach((role, column) => {
    if (role !== 'drift') return;
    for (let t = 0; t < run.nTime; t++) {
      columns.data[t * columns.cols + column] = design.columns.data[t * columns.cols + column];
    }
  });
  const leastSquares = new LeastSquares({ ...design, columns });
  const ones = matrix(run.nTime, 1, new Float64Array(run.nTime).fill(1));
  run.fit(leastSquares, null, whiten, whiten(ones).data);
  run.finish();
  const { beta, residualVariance, totalSquares } = run;
  const { covariance: inverse, dof, rank } = leastSquares;
  const lag1 = covariance === null ? 0 : covariance.data[1] / covariance.data[0];
  return {
    names: design.names,
    nVoxels,
    beta,
    covariance: inverse,
    residualVariance,
    totalSquares,
    dof,
    rank,
    problems,
    autocorrelation: new Float64Array(nVoxels).fill(lag1),
  };
}

/** V, [nTime, nTime] of trace nTime; null where none could be estimated. */
function noiseCovariance(
  design: Design,
  run: RunEstimates,
  plain: LeastSquares,
  problems: Problem[],
): Matrix | null {
  const n = run.nTime;
  const slow = [...design.roles.keys()].filter(
    (i) => design.roles[i] === 'drift' || design.roles[i] === 'constant',
  );
  const base = orthonormalBasis(selectColumns(design.columns, slow)).q;
  const components = ar1Components();
  const estimate = (onlySignificant: boolean) => {
    const { sum, voxels } = productsOf(run, plain, base, onlySignificant);
    return voxels > 0 ? reml(sum, plain.q, components) : null;
  };
  let found = estimate(true);
  if (found === null) {
    problems.push(
      fallback(
        'No voxels respond to the effects (F at p < 0.001) that tell of AR(1) noise: all voxels are asked.',
      ),
    );
    found = estimate(false);
  }
  if (found === null) {
    problems.push(fallback('The noise has no covariance of the AR(1) form: it is taken as white.'));
    return null;
  }
  let trace = 0;
  for (let i = 0; i < n; i++) trace += found.covariance.data[i * n + i];
  return matrix(
    n,
    n,
    found.covariance.data.map((value) => (value * n) / trace),
  );
}

/** The mean of y y' over voxels scaled to unit residual variance: those that pass the F test, or all that vary. */
function productsOf(
  run: RunEstimates,
  plain: LeastSquares,
  base: Matrix,
  onlySignificant: boolean,
): { sum: Matrix; voxels: number } {
  const n = run.nTime;
  const sum = matrix(n, n);
  const extra = plain.rank - base.cols;
  let voxels = 0;
  run.forEachBlock(null, (block) => {
    const residual = columnSquares(plain.residuals(block));
    const slow = crossProduct(base, block);
    const squares = columnSquares(block);
    const slowSquares = columnSquares(slow);
    for (let v = 0; v < block.cols; v++) {
      // What is left of a voxel that never changes is rounding.
      if (!(residual[v] > 1e-12 * squares[v])) continue;
      if (onlySignificant) {
        const f = (squares[v] - slowSquares[v] - residual[v]) / extra / (residual[v] / plain.dof);
        if (!(extra > 0 && fSf(f, extra, plain.dof) < SELECTED)) continue;
      }
      voxels += 1;
      const scale = plain.dof / residual[v];
      for (let i = 0; i < n; i++) {
        const weight = scale * block.data[i * block.cols + v];
        for (let j = 0; j <= i; j++) sum.data[i * n + j] += weight * block.data[j * block.cols + v];
      }
    }
  });
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const mean = sum.data[i * n + j] / Math.max(voxels, 1);
      sum.data[i * n + j] = mean;
      sum.data[j * n + i] = mean;
    }
  }
  return { sum, voxels };
}

/** The symmetric V^(-1/2). */
function inverseRoot(covariance: Matrix): Matrix {
  const n = covariance.rows;
  const { values, vectors } = symmetricEigen(covariance);
  const scaled = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) scaled.data[i * n + k] = vectors.data[i * n + k] * values[k] ** -0.25;
  }
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += scaled.data[i * n + k] * scaled.data[j * n + k];
      if (Math.abs(sum) <= NEGLIGIBLE) continue;
      result.data[i * n + j] = sum;
      result.data[j * n + i] = sum;
    }
  }
  return result;
}

/** `a x` of a matrix whose rows are 0 but around the diagonal. */
function bandedProduct(a: Matrix, x: Matrix): Matrix {
  const { rows: n } = a;
  const { cols } = x;
  const result = matrix(n, cols);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const weight = a.data[i * n + k];
      if (weight === 0) continue;
      for (let j = 0; j < cols; j++) result.data[i * cols + j] += weight * x.data[k * cols + j];
    }
  }
  return result;
}

function fallback(message: string): Problem {
  return new FusiformError('NOISE_MODEL_FALLBACK', message).toProblem();
}
