import { FusiformError } from '../../shared/errors.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { type ConvolverOptions, createConvolver } from './convolver.ts';
import { createDrift, type DriftModel } from './drift.ts';
import { regressorNames } from './hrf.ts';
import { modulatorColumns } from './modulators.ts';
import type { EventTiming } from './regressor.ts';

export interface DesignEvent extends EventTiming {
  /** The condition; blanks around it do not count. */
  readonly trialType: string;
  /** Amplitude, default 1. */
  readonly modulation?: number;
}

/** Parametric modulators of one condition: a column each. */
export interface ModulatorSet {
  readonly trialType: string;
  readonly names: readonly string[];
  /** [nEvents of the condition, names.length], in the order of the events. */
  readonly values: Matrix;
  /** See ModulatorOptions; default false. */
  readonly centre?: boolean;
}

export interface DesignOptions extends ConvolverOptions {
  /** [nTime], seconds from the first volume's start, ascending. */
  readonly frameTimes: ArrayLike<number>;
  readonly events: readonly DesignEvent[];
  /** Default `cosine`. */
  readonly driftModel?: DriftModel;
  /** Hz, default 0.01. */
  readonly highPass?: number;
  /** Default 1. */
  readonly driftOrder?: number;
  /** [nTime, names.length] */
  readonly confounds?: { readonly names: readonly string[]; readonly columns: Matrix };
  readonly modulators?: readonly ModulatorSet[];
}

/** What a column is for: effects are asked of conditions and modulators, the rest is nuisance. */
export type ColumnRole = 'condition' | 'modulator' | 'confound' | 'drift' | 'constant';

export interface Design {
  readonly names: readonly string[];
  readonly roles: readonly ColumnRole[];
  /** [nTime, names.length] */
  readonly columns: Matrix;
}

/**
 * The design matrix of one run, as nilearn's `make_first_level_design_matrix`: conditions in the order of their
 * names (with the derivatives or the delays after each), modulators, confounds, drifts, and the constant.
 *
 * nilearn regularises a singular matrix here; this leaves it as it is, and the fit names the columns.
 * @throws FusiformError DESIGN_INVALID, DESIGN_DUPLICATE_COLUMN
 */
export function buildDesign(options: DesignOptions): Design {
  const { frameTimes, hrfModel = 'spm', driftModel = 'cosine', confounds } = options;
  checkFrameTimes(frameTimes);
  const byCondition = groupEvents(options.events);
  const parts: { names: readonly string[]; role: ColumnRole; columns: Matrix }[] = [];

  const convolver = createConvolver(frameTimes, options);
  for (const condition of [...byCondition.keys()].sort()) {
    const events = byCondition.get(condition) ?? [];
    const amplitudes = events.map((event) => event.modulation ?? 1);
    const columns = convolver.condition(events, amplitudes);
    const names = regressorNames(condition, hrfModel, options.firDelays);
    parts.push({ names, role: 'condition', columns });
  }
  for (const set of options.modulators ?? []) {
    const events = byCondition.get(set.trialType.trim()) ?? [];
    if (set.values.rows !== events.length || set.values.cols !== set.names.length) {
      throw new FusiformError(
        'DESIGN_INVALID',
        `The modulators of '${set.trialType}' are ${set.values.rows} x ${set.values.cols} values for ` +
          `${events.length} events and ${set.names.length} names`,
      );
    }
    checkFinite(set.values, set.names, 'modulator');
    if (hrfModel === 'fir') {
      throw new FusiformError(
        'DESIGN_INVALID',
        "Modulators need a response with one peak: not the model 'fir'",
      );
    }
    const columns = modulatorColumns(frameTimes, events, set.values, {
      ...options,
      centre: set.centre ?? false,
    });
    parts.push({ names: set.names, role: 'modulator', columns });
  }
  if (confounds !== undefined) {
    if (confounds.columns.rows !== frameTimes.length || confounds.columns.cols !== confounds.names.length) {
      throw new FusiformError(
        'DESIGN_INVALID',
        `The confounds are ${confounds.columns.rows} x ${confounds.columns.cols} values for ` +
          `${frameTimes.length} volumes and ${confounds.names.length} names`,
      );
    }
    checkFinite(confounds.columns, confounds.names, 'confound');
    parts.push({ names: confounds.names, role: 'confound', columns: confounds.columns });
  }
  const drift = createDrift(frameTimes, {
    driftModel,
    highPass: options.highPass ?? 0.01,
    driftOrder: options.driftOrder ?? 1,
  });
  parts.push({ ...drift, role: 'drift' });

  const names = parts.flatMap((part) => part.names);
  const duplicate = names.find((name, i) => names.indexOf(name) !== i);
  if (duplicate !== undefined) {
    throw new FusiformError('DESIGN_DUPLICATE_COLUMN', `Two columns of the design are named '${duplicate}'`);
  }
  const roles = parts.flatMap((part) => part.names.map(() => part.role));
  roles[roles.length - 1] = 'constant';
  return { names, roles, columns: sideBySide(parts.map((part) => part.columns)) };
}

export function isNuisance(role: ColumnRole): boolean {
  return role === 'confound' || role === 'drift' || role === 'constant';
}

/** The chosen columns of a matrix, in the order given: [rows, columns.length]. */
export function selectColumns(a: Matrix, columns: readonly number[]): Matrix {
  const result = matrix(a.rows, columns.length);
  for (let i = 0; i < a.rows; i++) {
    columns.forEach((from, to) => {
      result.data[i * columns.length + to] = a.data[i * a.cols + from];
    });
  }
  return result;
}

/** A design in the two parts that NormalEquations takes: conditions and modulators, and nuisance. */
export function splitDesign(design: Design): {
  readonly names: readonly string[];
  readonly x: Matrix;
  readonly nuisanceNames: readonly string[];
  readonly nuisance: Matrix;
} {
  const all = [...design.names.keys()];
  const effects = all.filter((i) => !isNuisance(design.roles[i]));
  const nuisance = all.filter((i) => isNuisance(design.roles[i]));
  return {
    names: effects.map((i) => design.names[i]),
    x: selectColumns(design.columns, effects),
    nuisanceNames: nuisance.map((i) => design.names[i]),
    nuisance: selectColumns(design.columns, nuisance),
  };
}

function checkFrameTimes(frameTimes: ArrayLike<number>): void {
  if (frameTimes.length < 2) {
    throw new FusiformError('DESIGN_INVALID', `A run of ${frameTimes.length} volumes has no design`);
  }
  for (let i = 0; i < frameTimes.length; i++) {
    if (!Number.isFinite(frameTimes[i]) || (i > 0 && frameTimes[i] <= frameTimes[i - 1])) {
      throw new FusiformError(
        'DESIGN_INVALID',
        `Frame time ${i} (${frameTimes[i]} s) does not follow the one before`,
      );
    }
  }
}

function groupEvents(events: readonly DesignEvent[]): Map<string, DesignEvent[]> {
  const groups = new Map<string, DesignEvent[]>();
  events.forEach((event, i) => {
    const { onset, duration, modulation = 1 } = event;
    if (
      !Number.isFinite(onset) ||
      !Number.isFinite(duration) ||
      duration < 0 ||
      !Number.isFinite(modulation)
    ) {
      throw new FusiformError(
        'DESIGN_INVALID',
        `Event ${i + 1} has onset ${onset} s, duration ${duration} s and modulation ${modulation}`,
      );
    }
    const name = event.trialType.trim();
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [event]);
    else group.push(event);
  });
  return groups;
}

function checkFinite(values: Matrix, names: readonly string[], what: string): void {
  const at = values.data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const row = Math.floor(at / values.cols);
  throw new FusiformError(
    'DESIGN_INVALID',
    `The ${what} '${names[at % values.cols]}' is ${values.data[at]} in row ${row + 1}`,
  );
}

/** Matrices of equally many rows, one after the other. */
export function sideBySide(parts: readonly Matrix[]): Matrix {
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const result = matrix(parts[0].rows, cols);
  let start = 0;
  for (const part of parts) {
    for (let i = 0; i < part.rows; i++) {
      const row = part.data.subarray(i * part.cols, (i + 1) * part.cols);
      result.data.set(row, i * cols + start);
    }
    start += part.cols;
  }
  return result;
}
