import { gammaPdf } from '../math/distributions.ts';

/**
 * Haemodynamic response functions. Two definitions of SPM's canonical response are in use, and they differ:
 *
 * - SPM itself (`spm_hrf.m`): the difference of two gamma densities with ratio 1/6, sampled every TR/16 from 0 s on.
 * - nilearn (`spm_hrf`): ratio 0.167, sampled every TR/50 on `linspace(0, 32, 32 * 50 / TR)` (the step is a little
 *   longer than TR/50), and the densities start one step late (`loc = dt`).
 *
 * Both normalise the samples to unit sum. Their derivatives differ too: SPM's time derivative is the difference from
 * the response 1 s later, nilearn's from that 0.1 s later; both take the dispersion 0.01 s wider. `hrfKernels` is
 * nilearn's set, `spmKernels` SPM's.
 */
export const hrfModels = [
  'spm',
  'spm + derivative',
  'spm + derivative + dispersion',
  'glover',
  'glover + derivative',
  'glover + derivative + dispersion',
  'fir',
] as const;
export type HrfModel = (typeof hrfModels)[number];

/** What a model may be told besides its name. */
export interface HrfOptions {
  /** For `fir`: delays in volumes after the onset, one column each; default 0 alone. */
  readonly firDelays?: readonly number[];
  /** In place of the model's own parameters. */
  readonly shape?: DoubleGamma;
}

/** The columns of one condition, named as nilearn names them. */
export function regressorNames(
  condition: string,
  model: HrfModel,
  firDelays: readonly number[] = [0],
): string[] {
  if (model === 'fir') return firDelays.map((delay) => `${condition}_delay_${delay}`);
  const names = [condition];
  if (model.includes('derivative')) names.push(`${condition}_derivative`);
  if (model.includes('dispersion')) names.push(`${condition}_dispersion`);
  return names;
}

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
/** Seconds by which nilearn's time derivative shifts the response. */
const DERIVATIVE_SHIFT = 0.1;
/** Seconds by which SPM's (`spm_get_bf`) does. */
const SPM_DERIVATIVE_SHIFT = 1;
/** Seconds by which the dispersion derivative of both widens the response. */
const DISPERSION_STEP = 0.01;

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
 * @param onset seconds by which the response starts late: SPM's p(6)
 */
export function spmKernel(step: number, shape: DoubleGamma = spmDoubleGamma, onset = 0): Float64Array {
  const samples = Math.floor(KERNEL_SECONDS / step) + 1;
  const kernel = spmHrf(
    Array.from({ length: samples }, (_, i) => i * step - onset),
    shape,
  );
  return toUnitSum(kernel);
}

/**
 * SPM's basis set (`spm_get_bf`) before it is made orthogonal: the response, its time derivative (1 s later) and its
 * dispersion derivative (0.01 s wider), sampled every `step` seconds. For `fir`, boxes of one volume and height 1.
 * @param binsPerVolume samples in a volume: SPM's microtime resolution
 */
export function spmKernels(
  model: HrfModel,
  step: number,
  binsPerVolume: number,
  options: HrfOptions = {},
): Float64Array[] {
  if (model === 'fir') return firKernels(options.firDelays, binsPerVolume, 1);
  const shape = options.shape ?? (model.startsWith('glover') ? gloverDoubleGamma : spmDoubleGamma);
  const kernel = spmKernel(step, shape);
  const kernels = [kernel];
  if (model.includes('derivative')) {
    kernels.push(quotient(kernel, spmKernel(step, shape, SPM_DERIVATIVE_SHIFT), SPM_DERIVATIVE_SHIFT));
  }
  if (model.includes('dispersion')) {
    kernels.push(quotient(kernel, spmKernel(step, widened(shape)), DISPERSION_STEP));
  }
  return kernels;
}

/**
 * nilearn's kernels (`_hrf_kernel`): the response and, for the models with them, its time and dispersion derivatives;
 * for `fir` a box of one volume and unit sum a delay.
 * @param tR seconds between volumes
 * @param oversampling samples per volume
 * @returns kernels of round(32 * oversampling / tR) samples
 */
export function hrfKernels(
  model: HrfModel,
  tR: number,
  oversampling: number,
  options: HrfOptions = {},
): Float64Array[] {
  if (model === 'fir') return firKernels(options.firDelays, oversampling, 1 / oversampling);
  const shape = options.shape ?? (model.startsWith('spm') ? nilearnSpmDoubleGamma : gloverDoubleGamma);
  const kernel = nilearnKernel(shape, tR, oversampling, 0);
  const kernels = [kernel];
  if (model.includes('derivative')) {
    const later = nilearnKernel(shape, tR, oversampling, DERIVATIVE_SHIFT);
    kernels.push(quotient(kernel, later, DERIVATIVE_SHIFT));
  }
  if (model.includes('dispersion')) {
    const wider = nilearnKernel(widened(shape), tR, oversampling, 0);
    kernels.push(quotient(kernel, wider, DISPERSION_STEP));
  }
  return kernels;
}

/** The response of a wider peak; the undershoot stays. */
function widened(shape: DoubleGamma): DoubleGamma {
  return { ...shape, dispersion: shape.dispersion + DISPERSION_STEP };
}

function quotient(kernel: Float64Array, changed: Float64Array, step: number): Float64Array {
  return kernel.map((value, i) => (value - changed[i]) / step);
}

function firKernels(
  delays: readonly number[] = [0],
  samplesPerVolume: number,
  height: number,
): Float64Array[] {
  return delays.map((delay) => {
    const kernel = new Float64Array((delay + 1) * samplesPerVolume);
    return kernel.fill(height, delay * samplesPerVolume);
  });
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
