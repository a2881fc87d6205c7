import type { WorkContext } from '../../shared/progress.ts';
import type { Design } from './design.ts';
import { LeastSquares } from './least-squares.ts';
import type { LinearFit } from './linear-fit.ts';
import { RunEstimates } from './run-estimates.ts';

export interface RunFit extends LinearFit {
  readonly beta: Float64Array;
  readonly rank: number;
  /** [nVoxels]: sum of squares about the mean (about the whitened constant, where noise was whitened). */
  readonly totalSquares: Float64Array;
}

/**
 * Ordinary least squares of one run at every voxel, in float64 (as nilearn's `OLSModel`, R's `lm`).
 *
 * A nuisance column that other nuisance columns contain is left out (coefficient 0) and reported; where an effect
 * cannot be told from other columns the fit stops. A voxel that never changes has effects 0 and no residual.
 * @param y [nTime, nVoxels]
 * @throws FusiformError DESIGN_COLLINEAR (an effect is not estimable), DESIGN_NO_DOF, DATA_NOT_FINITE
 */
export function fitRun(design: Design, y: Float32Array, nVoxels: number, work?: WorkContext): RunFit {
  const run = new RunEstimates(design, y, nVoxels, work);
  const leastSquares = new LeastSquares(design);
  run.fit(leastSquares, null, (block) => block, new Float64Array(run.nTime).fill(1));
  run.finish();
  const { beta, residualVariance, totalSquares } = run;
  const { covariance, dof, rank, problems } = leastSquares;
  return {
    names: design.names,
    nVoxels,
    beta,
    covariance,
    residualVariance,
    totalSquares,
    dof,
    rank,
    problems,
  };
}
