import { computeContrast, tStatistics } from './contrast.ts';
import { parseContrast } from './contrast-expression.ts';
import type { NormalEquations, SolveOptions } from './streaming.ts';

export interface VoxelStatisticsOptions extends Pick<SolveOptions, 'engine' | 'work'> {
  /** The regressors that the latents are. */
  readonly latentNames: readonly string[];
  /** Faces against baseline, as a contrast of the other regressors; default `face`. */
  readonly faceContrast?: string;
}

/** By what voxels are chosen, before any line is drawn. */
export interface VoxelStatistics {
  /** [nVoxels]: t of faces against baseline, in the model without latents. */
  readonly faceT: Float64Array;
  readonly faceDof: number;
  /** [nVoxels]: F of the latents, given the other regressors. */
  readonly gainF: Float64Array;
  /** Numerator and denominator. */
  readonly gainDof: readonly [number, number];
  /** [nVoxels]: the fraction of the other model's residual variance that the latents explain, 0..1. */
  readonly gainedVariance: Float64Array;
  /** [nVoxels]: 1 where the voxel varies at all beyond its runs' nuisance; a constant voxel can never be chosen. */
  readonly varies: Uint8Array;
}

/**
 * The tests of VanRullen & Reddy (2019) at every voxel: (i) faces against baseline, and (ii) the variance that the latents
 * explain beyond a model with the face regressor alone, as the F test of nested models,
 * F = ((RSS_0 - RSS_1) / p) / (RSS_1 / dof_1) with p latents. Both come from sums over training runs.
 *
 * A voxel without variance (constant in every run, or outside of the field of view) has t = F = 0.
 *
 * @throws FusiformError CONTRAST_UNKNOWN_COLUMN, DESIGN_COLLINEAR, DESIGN_NO_DOF
 */
export async function voxelStatistics(
  equations: Pick<NormalEquations, 'names' | 'solveSubset'>,
  options: VoxelStatisticsOptions,
): Promise<VoxelStatistics> {
  const { latentNames, faceContrast = 'face', engine = null, work } = options;
  const solving = work === undefined ? { engine } : { engine, work };
  const latents = new Set(latentNames);
  const others = equations.names.filter((name) => !latents.has(name));
  const reduced = await equations.solveSubset(others, solving);
  const full = await equations.solveSubset([...others, ...latentNames], solving);

  const p = latentNames.length;
  const rss0 = reduced.residualSumOfSquares;
  const rss1 = full.residualSumOfSquares;
  const varies = varying(rss0);
  const gainedVariance = rss0.map((value, v) => (varies[v] === 1 ? Math.max(0, 1 - rss1[v] / value) : 0));
  const gainF = gainedVariance.map((gain) => (gain / p / Math.max(1 - gain, Number.EPSILON)) * full.dof);
  const faceT = tStatistics(computeContrast(reduced, parseContrast(faceContrast, others))).map((t, v) =>
    varies[v] === 1 && Number.isFinite(t) ? t : 0,
  );
  return { faceT, faceDof: reduced.dof, gainF, gainDof: [p, full.dof], gainedVariance, varies };
}

/**
 * A constant voxel is left with the rounding of its values, some 1e-14 of what others vary by; the quietest voxel of a
 * brain has more than a millionth.
 */
const roundingOfConstant = 1e-10;

/** 1 where a residual sum of squares is more than what rounding leaves of a constant. */
function varying(residuals: Float64Array): Uint8Array {
  const positive = residuals.filter((value) => value > 0).sort();
  const median = positive[positive.length >> 1] ?? 0;
  return Uint8Array.from(residuals, (value) => (value > roundingOfConstant * median ? 1 : 0));
}
