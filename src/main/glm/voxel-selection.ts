import { FusiformError } from '../../shared/errors.ts';
import { fSf, studentTSf } from '../math/distributions.ts';
import { fdrThreshold } from '../math/multiple-testing.ts';
import { computeContrast, tStatistics } from './contrast.ts';
import { parseContrast } from './contrast-expression.ts';
import type { NormalEquations, SolveOptions } from './streaming.ts';

/** One way to draw the line: `statistic` at least, a false discovery rate, or the best fraction of the voxels. */
export type SelectionRule =
  | { readonly kind: 'threshold'; readonly statistic: number }
  | { readonly kind: 'fdr'; readonly q: number }
  | { readonly kind: 'fraction'; readonly keep: number }
  | { readonly kind: 'all' };

export interface VoxelSelectionOptions extends Pick<SolveOptions, 'engine' | 'work'> {
  /** The regressors that the latents are. */
  readonly latentNames: readonly string[];
  /** Faces against baseline, as a contrast of the other regressors; default `face`. */
  readonly faceContrast?: string;
  /** Drawn on |t| of the face contrast; default FDR 0.05. */
  readonly faceRule?: SelectionRule;
  /** Drawn on F of the latents, among all voxels; default FDR 0.05. */
  readonly gainRule?: SelectionRule;
}

export interface VoxelSelection {
  /** Positions of the voxels that pass both rules, ascending. */
  readonly positions: Uint32Array;
  /** [nVoxels]: t of faces against baseline, in the model without latents. */
  readonly faceT: Float64Array;
  /** [nVoxels]: F of the latents, given the other regressors. */
  readonly gainF: Float64Array;
  /** [nVoxels]: the fraction of the other model's residual variance that the latents explain, 0..1. */
  readonly gainedVariance: Float64Array;
  /** Voxels that pass each rule alone. */
  readonly nFace: number;
  readonly nGain: number;
}

/**
 * Voxels for decoding (VanRullen & Reddy 2019): those that (i) respond to faces against baseline, and (ii) gain
 * explained variance when the latents join a model with the face regressor alone. Both tests come from sums over
 * training runs: give none that hold a test run. The article names no thresholds.
 *
 * (i) is two-sided, as voxels below baseline carry information too. (ii) is the F test of nested models,
 * F = ((RSS_0 - RSS_1) / p) / (RSS_1 / dof_1) with p latents.
 * @throws FusiformError VOXEL_SELECTION_EMPTY, CONTRAST_UNKNOWN_COLUMN, DESIGN_COLLINEAR
 */
export async function selectVoxels(
  equations: NormalEquations,
  options: VoxelSelectionOptions,
): Promise<VoxelSelection> {
  const { latentNames, faceContrast = 'face', engine = null, work } = options;
  const faceRule = options.faceRule ?? { kind: 'fdr', q: 0.05 };
  const gainRule = options.gainRule ?? { kind: 'fdr', q: 0.05 };
  const solving = work === undefined ? { engine } : { engine, work };
  const latents = new Set(latentNames);
  const others = equations.names.filter((name) => !latents.has(name));
  const reduced = await equations.solveSubset(others, solving);
  const full = await equations.solveSubset([...others, ...latentNames], solving);

  const faceT = tStatistics(computeContrast(reduced, parseContrast(faceContrast, others)));
  const p = latentNames.length;
  const rss0 = reduced.residualSumOfSquares;
  const rss1 = full.residualSumOfSquares;
  const gainedVariance = rss0.map((value, v) => (value > 0 ? Math.max(0, 1 - rss1[v] / value) : 0));
  const gainF = gainedVariance.map((gain) => (gain / p / Math.max(1 - gain, Number.EPSILON)) * full.dof);

  const passesFace = applyRule(faceRule, faceT.map(Math.abs), (t) => 2 * studentTSf(t, reduced.dof));
  const passesGain = applyRule(gainRule, gainF, (f) => fSf(f, p, full.dof));
  const positions = Uint32Array.from(
    [...faceT.keys()].filter((v) => passesFace[v] === 1 && passesGain[v] === 1),
  );
  const nFace = count(passesFace);
  const nGain = count(passesGain);
  if (positions.length === 0) {
    throw new FusiformError(
      'VOXEL_SELECTION_EMPTY',
      `Of ${equations.nVoxels} voxels ${nFace} respond to faces and ${nGain} gain from the latents, but none does both`,
      { details: { voxels: equations.nVoxels, face: nFace, gain: nGain } },
    );
  }
  return { positions, faceT, gainF, gainedVariance, nFace, nGain };
}

/** 1 where a voxel passes. Larger statistics are better; a voxel of statistic 0 never passes by its rank alone. */
function applyRule(
  rule: SelectionRule,
  statistics: Float64Array,
  pValue: (statistic: number) => number,
): Uint8Array {
  switch (rule.kind) {
    case 'all':
      return new Uint8Array(statistics.length).fill(1);
    case 'threshold':
      return Uint8Array.from(statistics, (value) => (value >= rule.statistic ? 1 : 0));
    case 'fdr': {
      const p = statistics.map(pValue);
      const threshold = fdrThreshold(p, rule.q);
      return Uint8Array.from(p, (value) => (value <= threshold ? 1 : 0));
    }
    case 'fraction': {
      if (!(rule.keep > 0 && rule.keep <= 1)) {
        throw new RangeError(`The fraction of voxels to keep lies between 0 and 1, not at ${rule.keep}`);
      }
      const kept = Math.max(1, Math.round(rule.keep * statistics.length));
      const order = [...statistics.keys()].sort((a, b) => statistics[b] - statistics[a] || a - b);
      const passes = new Uint8Array(statistics.length);
      for (const v of order.slice(0, kept)) if (statistics[v] > 0) passes[v] = 1;
      return passes;
    }
  }
}

function count(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}
