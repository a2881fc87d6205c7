import { type Matrix, matrix, multiply } from '../math/matrix.ts';
import { type ConvolverOptions, createConvolver } from './convolver.ts';
import { type EventTiming, orthogonaliseInOrder } from './regressor.ts';

/**
 * The response to each event alone, [nTime, nEvents]: `H`. A regressor of a condition is `H 1`, one modulated by
 * `z` is `H z`.
 */
export function trialResponses(
  frameTimes: ArrayLike<number>,
  events: readonly EventTiming[],
  options: ConvolverOptions = {},
): Matrix {
  const convolver = createConvolver(frameTimes, options);
  const result = matrix(convolver.nTime, events.length);
  const unit = convolver.unitOf(events);
  events.forEach((event, i) => {
    convolver.addEvent(result.data, i, events.length, event, 1, 0, unit);
  });
  return result;
}

export interface ModulatorOptions extends ConvolverOptions {
  /**
   * Whether each modulator's mean over the events is taken off first; default false.
   *
   * Beside a column for the condition itself (the "face" bias) both describe the same model: the fit, and the
   * modulators' coefficients, are equal, and only the bias moves, from "the response to a face whose latents are
   * all zero" (false: the published model, in which a latent code is used as it is) to "the response to the mean
   * face of this run" (true). The mean is that of the events given: over several runs, whose means differ, it
   * also takes the differences between runs out of the modulators. Leave it false there, or centre all runs'
   * codes by one mean beforehand.
   */
  readonly centre?: boolean;
}

/**
 * Parametric modulators by the thousand: the events are convolved once, `H`, and the columns are `H Z`. Equal to
 * convolving every modulator alone, because convolution is linear.
 * @param values [nEvents, nModulators], such as the latent codes of the faces shown
 * @returns [nTime, nModulators]; without the time derivative, whatever the model
 */
export function modulatorColumns(
  frameTimes: ArrayLike<number>,
  events: readonly EventTiming[],
  values: Matrix,
  options: ModulatorOptions = {},
): Matrix {
  if (values.rows !== events.length) {
    throw new RangeError(`${values.rows} rows of modulators for ${events.length} events`);
  }
  const amplitudes = options.centre ? centredColumns(values) : values;
  return multiply(trialResponses(frameTimes, events, options), amplitudes);
}

function centredColumns({ rows, cols, data }: Matrix): Matrix {
  const means = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) means[i % cols] += data[i] / rows;
  return matrix(
    rows,
    cols,
    data.map((value, i) => value - means[i % cols]),
  );
}

/**
 * What is done to the values of modulators before they are convolved:
 * - `raw`: nothing;
 * - `centred`: each less its mean over the condition's events of the run, so that the condition's column stays the mean
 *   response (SPM's `spm_orth` of one modulator);
 * - `orthogonal`: each made orthogonal to the constant and the modulators before it, in the order given (SPM's default
 *   for several): a later modulator gets only what the earlier ones leave.
 */
export const modulatorScalings = ['raw', 'centred', 'orthogonal'] as const;
export type ModulatorScaling = (typeof modulatorScalings)[number];

/** @param values [nEvents, nModulators] */
export function scaleModulators(values: Matrix, scaling: ModulatorScaling): Matrix {
  if (scaling === 'raw') return values;
  const centred = centredColumns(values);
  if (scaling === 'orthogonal') orthogonaliseInOrder(centred);
  return centred;
}
