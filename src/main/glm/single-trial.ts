import { FusiformError } from '../../shared/errors.ts';
import type { WorkContext } from '../../shared/progress.ts';
import { columnSquares, crossProduct, type Matrix, matrix, multiply, transpose } from '../math/matrix.ts';
import { orthonormalBasis, upperTriangularInverse } from '../math/qr.ts';
import { buildDesign, type Design, type DesignEvent, type DesignOptions, selectColumns } from './design.ts';
import { LeastSquares } from './least-squares.ts';
import { trialResponses } from './modulators.ts';
import { RunEstimates } from './run-estimates.ts';

/**
 * Two ways to a pattern a trial:
 * - `lsa`, least squares all: one model with a column a trial.
 * - `lss`, least squares separate: a model a trial, with the trial, one column for the other trials of its condition, and
 *   one for each other condition. Steadier than `lsa` where trials follow each other closely (Mumford et al. 2012,
 *   NeuroImage, doi 10.1016/j.neuroimage.2011.08.076; by condition as Turner et al. 2012, "LSS-N").
 */
export const singleTrialKinds = ['lsa', 'lss'] as const;
export type SingleTrialKind = (typeof singleTrialKinds)[number];

/** A trial with a pattern of its own. */
export interface Trial {
  /** In the run's events, from 0. */
  readonly event: number;
  readonly trialType: string;
  /** Of its condition, from 1. */
  readonly number: number;
  /** `face_trial_012`: its column in the model `lsa`. */
  readonly name: string;
}

/** The trials of the conditions named, in the order of the events. */
export function trialsOf(events: readonly DesignEvent[], conditions: readonly string[]): Trial[] {
  const counts = new Map<string, number>();
  const total = new Map<string, number>();
  for (const { trialType } of events) total.set(trialType.trim(), (total.get(trialType.trim()) ?? 0) + 1);
  return events.flatMap((event, index) => {
    const trialType = event.trialType.trim();
    if (!conditions.includes(trialType)) return [];
    const number = (counts.get(trialType) ?? 0) + 1;
    counts.set(trialType, number);
    const digits = Math.max(3, String(total.get(trialType)).length);
    return [
      { event: index, trialType, number, name: `${trialType}_trial_${String(number).padStart(digits, '0')}` },
    ];
  });
}

/**
 * The design of `lsa`: a column a trial in place of its condition's.
 * @throws FusiformError DESIGN_INVALID where the response has more than one column
 */
export function lsaDesign(options: DesignOptions, trials: readonly Trial[]): Design {
  refuseManyColumns(options);
  const names = new Map(trials.map(({ event, name }) => [event, name]));
  return buildDesign({
    ...options,
    events: options.events.map((event, i) => ({ ...event, trialType: names.get(i) ?? event.trialType })),
  });
}

export interface TrialEstimates {
  /** [nTrials, nVoxels] */
  readonly effects: Float64Array;
  /** [nTrials, nVoxels]: effect over its standard error; 0 where a voxel never changes. */
  readonly t: Float64Array;
  readonly dof: number;
}

/**
 * `lss` of all trials at once, without fitting a model a trial.
 *
 * The columns of trial i's model span those of [N, S], nuisance and conditions, and its own column h. With h' what [N, S]
 * leaves of h, the voxel's coefficient of h beside S is `a = h'y / h'h'`, and that of the condition `g(y) - a g(h)`, g
 * being the condition's coefficient in the model [N, S] alone. As the condition's column is h and the others, the
 * effect of the trial is their sum: `w'y` with `w = h' (1 - g(h)) / h'h' + g`. All trials are one product `W'Y`.
 *
 * @param options of the run's design by conditions
 * @param y [nTime, nVoxels]
 * @throws FusiformError as `fitRun`; DESIGN_INVALID where the response has more than one column, DESIGN_COLLINEAR where a
 *   trial cannot be told from the others
 */
export function fitLss(
  options: DesignOptions,
  trials: readonly Trial[],
  y: Float32Array,
  nVoxels: number,
  work?: WorkContext,
): TrialEstimates {
  refuseManyColumns(options);
  const design = buildDesign(options);
  const model = new LeastSquares(design);
  const weights = trialWeights(design, model, trialColumns(options, trials), trials);
  const run = new RunEstimates(design, y, nVoxels, work);
  const nTrials = trials.length;
  const effects = new Float64Array(nTrials * nVoxels);
  const t = new Float64Array(nTrials * nVoxels);
  run.forEachBlock(null, (block, voxelAt) => {
    const products = crossProduct(weights.effect, block);
    const own = crossProduct(weights.own, block);
    const residual = columnSquares(model.residuals(block));
    const squares = columnSquares(block);
    for (let i = 0; i < nTrials; i++) {
      for (let v = 0; v < block.cols; v++) {
        const at = i * nVoxels + voxelAt(v);
        // What is left of a voxel that never changes is rounding.
        if (!(residual[v] > 1e-12 * squares[v])) continue;
        effects[at] = products.data[i * block.cols + v];
        const dof = model.dof - (weights.alone[i] ? 0 : 1);
        const variance = Math.max(residual[v] - own.data[i * block.cols + v] ** 2, 0) / dof;
        t[at] = variance > 0 ? effects[at] / Math.sqrt(variance * weights.lengths[i]) : 0;
      }
    }
  });
  return { effects, t, dof: model.dof - 1 };
}

interface TrialWeights {
  /** [nTime, nTrials]: w, whose product with the data is the effect. */
  readonly effect: Matrix;
  /** [nTime, nTrials]: h' of unit length; zero for a trial that is its condition. */
  readonly own: Matrix;
  /** w'w */
  readonly lengths: Float64Array;
  /** Whether the trial is the only one of its condition: its model is that of the conditions. */
  readonly alone: readonly boolean[];
}

function trialWeights(
  design: Design,
  model: LeastSquares,
  columns: Matrix,
  trials: readonly Trial[],
): TrialWeights {
  const nTime = columns.rows;
  const nTrials = trials.length;
  const duals = dualVectors(design);
  const left = model.residuals(columns);
  // Twice, so that rounding of the first pass is taken off too.
  const own = model.residuals(left);
  const effect = matrix(nTime, nTrials);
  const lengths = new Float64Array(nTrials);
  const alone = trials.map(
    ({ trialType }) => trials.filter((other) => other.trialType === trialType).length === 1,
  );
  trials.forEach((trial, i) => {
    const condition = design.names.indexOf(trial.trialType);
    let whole = 0;
    let kept = 0;
    let share = 0;
    for (let t = 0; t < nTime; t++) {
      const h = columns.data[t * nTrials + i];
      whole += h * h;
      kept += own.data[t * nTrials + i] ** 2;
      share += duals.data[t * duals.cols + condition] * h;
    }
    if (!alone[i] && !(kept > 1e-12 * whole)) throw notEstimable(trial);
    const factor = alone[i] ? 0 : (1 - share) / kept;
    const scale = alone[i] ? 0 : 1 / Math.sqrt(kept);
    for (let t = 0; t < nTime; t++) {
      const at = t * nTrials + i;
      effect.data[at] = factor * own.data[at] + duals.data[t * duals.cols + condition];
      own.data[at] *= scale;
      lengths[i] += effect.data[at] ** 2;
    }
  });
  return { effect, own, lengths, alone };
}

/** [nTime, columns]: the vectors whose products with the data are the coefficients: X (X'X)^-1; zero for what is left out. */
function dualVectors(design: Design): Matrix {
  const order = [...design.names.keys()].reverse();
  const { q, r, kept } = orthonormalBasis(selectColumns(design.columns, order));
  const inverse = upperTriangularInverse(selectColumns(r, kept));
  const result = matrix(design.columns.rows, order.length);
  // X = q r, so X (X'X)^-1 = q r^-T.
  const duals = multiply(q, transpose(inverse));
  kept.forEach((position, k) => {
    for (let t = 0; t < result.rows; t++) {
      result.data[t * order.length + order[position]] = duals.data[t * kept.length + k];
    }
  });
  return result;
}

/** [nTime, nTrials]: the response to each trial alone. */
function trialColumns(options: DesignOptions, trials: readonly Trial[]): Matrix {
  const result = matrix(options.frameTimes.length, trials.length);
  for (const condition of new Set(trials.map(({ trialType }) => trialType))) {
    const events = options.events.filter(({ trialType }) => trialType.trim() === condition);
    const responses = trialResponses(options.frameTimes, events, options);
    trials.forEach((trial, i) => {
      if (trial.trialType !== condition) return;
      const from = trial.number - 1;
      const amplitude = events[from].modulation ?? 1;
      for (let t = 0; t < result.rows; t++) {
        result.data[t * trials.length + i] = amplitude * responses.data[t * events.length + from];
      }
    });
  }
  return result;
}

function refuseManyColumns({ hrfModel = 'spm' }: DesignOptions): void {
  if (hrfModel === 'spm' || hrfModel === 'glover') return;
  throw new FusiformError(
    'DESIGN_INVALID',
    `Single trials have one column each: take the response 'spm' or 'glover', not '${hrfModel}'`,
  );
}

function notEstimable({ name }: Trial): FusiformError {
  return new FusiformError(
    'DESIGN_COLLINEAR',
    `The trial '${name}' cannot be told from the other columns of the design`,
    { details: { columns: [{ column: name, with: [] }] } },
  );
}
