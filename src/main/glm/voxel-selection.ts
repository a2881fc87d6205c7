import { FusiformError } from '../../shared/errors.ts';
import { fSf, normalSf, studentTSf } from '../math/distributions.ts';
import { applyRule, type SelectionRule } from './selection-rule.ts';
import type { VoxelStatistics } from './voxel-statistics.ts';

export { describeRule, type SelectionRule } from './selection-rule.ts';

/** What the gain rule is drawn on: F over all runs, or the prediction of runs that were left out. */
export type GainMeasure = 'f' | 'cross-validated';

export interface SelectionRules {
  /** Drawn on |t| of faces against baseline. */
  readonly faceRule: SelectionRule;
  /** Drawn on the gain by the latents, among all voxels. */
  readonly gainRule: SelectionRule;
  /** Default `f`. */
  readonly gainMeasure?: GainMeasure;
}

/** The rules of `map fit`: the article names no thresholds. */
export const defaultRules = {
  faceRule: { kind: 'fdr', q: 0.05 },
  gainRule: { kind: 'fraction', keep: 2 / 3 },
} as const satisfies SelectionRules;

export interface VoxelSelection {
  /** Positions of the voxels that pass both rules, ascending. */
  readonly positions: Uint32Array;
  /** Voxels that pass each rule alone. */
  readonly nFace: number;
  readonly nGain: number;
}

/** Statistics with the p-values that rules are drawn on; they are computed once for any number of rules. */
export interface TestedVoxels {
  readonly statistics: VoxelStatistics;
  /** [nVoxels]: |t| and its two-sided p: voxels below baseline carry information too. */
  readonly absoluteT: Float64Array;
  readonly faceP: Float64Array;
  /** [nVoxels]: the measure of gain and its p. */
  readonly gain: Float64Array;
  readonly gainP: Float64Array;
}

/**
 * @param crossValidated [nVoxels]: z of the correlation between predicted and measured gain in runs that were left out;
 *   needed for the measure `cross-validated`
 */
export function testVoxels(
  statistics: VoxelStatistics,
  measure: GainMeasure = 'f',
  crossValidated?: Float64Array,
): TestedVoxels {
  const absoluteT = statistics.faceT.map(Math.abs);
  const [p, dof] = statistics.gainDof;
  const gain = measure === 'f' ? statistics.gainF : crossValidated;
  if (gain === undefined) {
    throw new FusiformError(
      'VOXELS_NOT_CROSS_VALIDATED',
      'The encoding model was fitted without folds of runs.',
    );
  }
  return {
    statistics,
    absoluteT,
    faceP: absoluteT.map((t) => 2 * studentTSf(t, statistics.faceDof)),
    gain,
    gainP: gain.map(measure === 'f' ? (f) => fSf(f, p, dof) : normalSf),
  };
}

/**
 * Voxels for decoding (VanRullen & Reddy 2019): those that (i) respond to faces against baseline, and (ii) gain
 * explained variance when the latents join a model with the face regressor alone. Both tests come from sums over
 * training runs: give none that hold a test run. Voxels without variance pass no rule, `all` included.
 */
export function selectVoxels(tested: TestedVoxels, { faceRule, gainRule }: SelectionRules): VoxelSelection {
  const { varies } = tested.statistics;
  const passesFace = applyRule(faceRule, tested.absoluteT, tested.faceP);
  const passesGain = applyRule(gainRule, tested.gain, tested.gainP);
  const passing = (...flags: Uint8Array[]) =>
    Uint32Array.from(
      [...varies.keys()].filter((v) => varies[v] === 1 && flags.every((flag) => flag[v] === 1)),
    );
  return {
    positions: passing(passesFace, passesGain),
    nFace: passing(passesFace).length,
    nGain: passing(passesGain).length,
  };
}

/** The same, where a result is needed. @throws FusiformError VOXEL_SELECTION_EMPTY */
export function selectSomeVoxels(tested: TestedVoxels, rules: SelectionRules): VoxelSelection {
  const selection = selectVoxels(tested, rules);
  if (selection.positions.length > 0) return selection;
  const { nFace, nGain } = selection;
  const nVoxels = tested.gain.length;
  const constant = tested.statistics.varies.every((value) => value === 0);
  throw new FusiformError(
    'VOXEL_SELECTION_EMPTY',
    constant
      ? `All of ${nVoxels} voxels are constant: there is nothing to decode from.`
      : `Of ${nVoxels} voxels ${nFace} respond to faces and ${nGain} gain from the latents, but none does both.`,
    { details: { voxels: nVoxels, face: nFace, gain: nGain } },
  );
}
