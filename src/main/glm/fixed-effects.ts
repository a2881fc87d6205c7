import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import { matrix } from '../math/matrix.ts';
import { type ContrastEstimate, type RowsEstimate, readCovariance } from './contrast.ts';

/**
 * How runs are combined:
 * - `mean`: the mean of the runs' effects; its variance is the sum of theirs over the squared number of runs (nilearn's
 *   `compute_fixed_effect_contrast`).
 * - `precision`: the mean weighted by 1 / variance, whose variance is 1 / (sum of 1 / variance) (nilearn's
 *   `compute_fixed_effects(precision_weighted=True)`, FSL's fixed effects).
 *
 * Degrees of freedom are added up in both. A run in which a voxel never changes (effect and variance 0) has no weight at
 * that voxel in `precision`, and counts as an effect of 0 in `mean`.
 */
export const fixedEffectsKinds = ['mean', 'precision'] as const;
export type FixedEffectsKind = (typeof fixedEffectsKinds)[number];

/** The fixed effect over runs of a t contrast. */
export function fixedEffects(
  runs: readonly ContrastEstimate[],
  kind: FixedEffectsKind = 'mean',
): ContrastEstimate {
  const sums = new FixedEffects(kind);
  for (const { effect, variance, dof } of runs) {
    sums.add({ nRows: 1, effects: effect, covariances: variance, dof });
  }
  const { effects, covariances, dof } = sums.result();
  return { effect: effects, variance: covariances, dof };
}

/**
 * Combines runs one after the other, for contrasts of one row or several: memory does not grow with the number of runs.
 *
 * For several rows the effects are vectors and variances their covariances, so that F is that of the combined effects.
 * (nilearn adds up effects that each run has turned by its own design; the two agree where designs are alike.)
 */
export class FixedEffects {
  readonly #kind: FixedEffectsKind;
  #runs = 0;
  #dof = 0;
  #nRows = 0;
  /** `mean`: sums of effects and covariances. `precision`: of W b, and of the weights W = covariance^-1. */
  #effects = new Float64Array(0);
  #covariances = new Float64Array(0);

  constructor(kind: FixedEffectsKind) {
    this.#kind = kind;
  }

  add(run: RowsEstimate): void {
    if (this.#runs === 0) {
      this.#nRows = run.nRows;
      this.#effects = new Float64Array(run.effects.length);
      this.#covariances = new Float64Array(run.covariances.length);
    }
    if (run.effects.length !== this.#effects.length || run.nRows !== this.#nRows) {
      throw new RangeError(`Runs of ${this.#effects.length} and ${run.effects.length} effects`);
    }
    this.#runs += 1;
    this.#dof += run.dof;
    const { effects, covariances } = this.#kind === 'mean' ? run : weighted(run);
    for (let i = 0; i < effects.length; i++) this.#effects[i] += effects[i];
    for (let i = 0; i < covariances.length; i++) this.#covariances[i] += covariances[i];
  }

  result(): RowsEstimate {
    if (this.#runs === 0) throw new RangeError('There is no run to combine');
    const sums = {
      nRows: this.#nRows,
      effects: this.#effects,
      covariances: this.#covariances,
      dof: this.#dof,
    };
    if (this.#kind === 'precision') return weighted(sums);
    return {
      ...sums,
      effects: this.#effects.map((sum) => sum / this.#runs),
      covariances: this.#covariances.map((sum) => sum / this.#runs ** 2),
    };
  }
}

/** Effects and covariance (b, C) into (C^-1 b, C^-1); the same function leads back. */
function weighted({ nRows, effects, covariances, dof }: RowsEstimate): RowsEstimate {
  const nVoxels = effects.length / nRows;
  const result = {
    nRows,
    dof,
    effects: new Float64Array(effects.length),
    covariances: new Float64Array(covariances.length),
  };
  if (nRows === 1) {
    for (let v = 0; v < nVoxels; v++) {
      if (covariances[v] === 0) continue;
      result.covariances[v] = 1 / covariances[v];
      result.effects[v] = effects[v] * result.covariances[v];
    }
    return result;
  }
  const covariance = matrix(nRows, nRows);
  for (let v = 0; v < nVoxels; v++) {
    readCovariance(covariances, nVoxels, v, covariance);
    const factor = choleskyFactor(covariance);
    if (!factor.ok) continue;
    const inverse = choleskyInverse(factor.lower);
    for (let r = 0, at = v; r < nRows; r++) {
      for (let c = 0; c <= r; c++, at += nVoxels) result.covariances[at] = inverse.data[r * nRows + c];
      for (let c = 0; c < nRows; c++) {
        result.effects[r * nVoxels + v] += inverse.data[r * nRows + c] * effects[c * nVoxels + v];
      }
    }
  }
  return result;
}
