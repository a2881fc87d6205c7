import { gammaPdf } from '../math/distributions.ts';

/**
 * Haemodynamic response functions. Two definitions of SPM's canonical response are in use, and they differ:
 *
 * - SPM itself (`spm_hrf.m`): the difference of two gamma densities with ratio 1/6, sampled every TR/16 from 0 s on.
 * - nilearn (`spm_hrf`): ratio 0.167, sampled every TR/50 on `linspace(0, 32, 32 * 50 / TR)` (the step is a little
 *   longer than TR/50), and the densities start one step late (`loc = dt`).
 *
 * Both normalise the samples to unit sum. The kernels of regressors (`hrfKernels`) are nilearn's, so that a design
 * equals nilearn's; `spmKernel` is SPM's.
 */
export type HrfModel = 'spm' | 'spm + derivative' | 'glover' | 'glover + derivative';

export const hrfModels: readonly HrfModel[] = ['spm', 'spm + derivative', 'glover', 'glover + derivative'];

/** A difference of two gamma densities; times in seconds. */
export interface DoubleGamma {
  readonly delay: number;
  readonly undershootDelay: number;
  readonly dispersion: number;
  readonly undershootDispersion: number;
  /** What the undershoot's density is multiplied with before it is taken off. */
  readonly undershootRatio: number;
}

export const spmDoubleGamma: DoubleGamma = {
  delay: 6,
  undershootDelay: 16,
  dispersion: 1,
  undershootDispersion: 1,
  undershootRatio: 1 / 6,
};

/** nilearn's `spm_hrf`: SPM's but for the rounded ratio. */
const nilearnSpmDoubleGamma: DoubleGamma = { ...spmDoubleGamma, undershootRatio: 0.167 };

/** nilearn's `glover_hrf` (after Glover 1999, NeuroImage 9). */
export const gloverDoubleGamma: DoubleGamma = {
  delay: 6,
  undershootDelay: 12,
  dispersion: 0.9,
  undershootDispersion: 0.9,
  undershootRatio: 0.48,
};

/** Seconds that a kernel covers. */
const KERNEL_SECONDS = 32;
/** Seconds by which the time derivative shifts the response, as in SPM and nilearn. */
const DERIVATIVE_SHIFT = 0.1;

function doubleGamma(seconds: number, shape: DoubleGamma): number {
  return (
    gammaPdf(seconds, shape.delay / shape.dispersion, shape.dispersion) -
    shape.undershootRatio *
      gammaPdf(seconds, shape.undershootDelay / shape.undershootDispersion, shape.undershootDispersion)
  );
}

/**
 * SPM's canonical response at the given times, in 1/s: not normalised, its integral is 1 - undershootRatio.
 * @param times seconds after an impulse; the response is 0 before it
 */
export function spmHrf(times: ArrayLike<number>, shape: DoubleGamma = spmDoubleGamma): Float64Array {
  return Float64Array.from(times, (t) => doubleGamma(t, shape));
}

/** Glover's response at the given times (seconds), in 1/s: not normalised. */
export function gloverHrf(times: ArrayLike<number>): Float64Array {
  return spmHrf(times, gloverDoubleGamma);
}

/**
 * SPM's `spm_hrf(step)`: samples at 0, step, 2 step ... up to 32 s, of unit sum.
 * @param step seconds
 */
export function spmKernel(step: number, shape: DoubleGamma = spmDoubleGamma): Float64Array {
  const samples = Math.floor(KERNEL_SECONDS / step) + 1;
  const kernel = spmHrf(
    Array.from({ length: samples }, (_, i) => i * step),
    shape,
  );
  return toUnitSum(kernel);
}

/**
 * nilearn's kernels (`_hrf_kernel`): the response and, for the models with it, its time derivative.
 * @param tR seconds between volumes
 * @param oversampling samples per volume
 * @returns one or two kernels of round(32 * oversampling / tR) samples
 */
export function hrfKernels(model: HrfModel, tR: number, oversampling: number): Float64Array[] {
  const shape = model.startsWith('spm') ? nilearnSpmDoubleGamma : gloverDoubleGamma;
  const kernel = nilearnKernel(shape, tR, oversampling, 0);
  if (!model.endsWith('derivative')) return [kernel];
  const later = nilearnKernel(shape, tR, oversampling, DERIVATIVE_SHIFT);
  return [kernel, kernel.map((value, i) => (value - later[i]) / DERIVATIVE_SHIFT)];
}

/** nilearn's `_gamma_difference_hrf`. */
function nilearnKernel(shape: DoubleGamma, tR: number, oversampling: number, onset: number): Float64Array {
  const step = tR / oversampling;
  const samples = roundHalfToEven(KERNEL_SECONDS / step);
  const kernel = new Float64Array(samples);
  for (let i = 0; i < samples; i++) {
    kernel[i] = doubleGamma((i * KERNEL_SECONDS) / (samples - 1) - onset - step, shape);
  }
  return toUnitSum(kernel);
}

function toUnitSum(kernel: Float64Array): Float64Array {
  const sum = kernel.reduce((total, value) => total + value, 0);
  return kernel.map((value) => value / sum);
}

/** numpy's `rint`. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
