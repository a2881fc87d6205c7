import type { Matrix } from '../math/matrix.ts';
import { matrix } from '../math/matrix.ts';
import { type HrfModel, type HrfOptions, spmKernels } from './hrf.ts';
import {
  type Convolver,
  type EventTiming,
  orthogonaliseInOrder,
  runningSum,
  runningSums,
} from './regressor.ts';

export interface SpmConvolutionOptions extends HrfOptions {
  /** Default `spm`. */
  readonly hrfModel?: HrfModel;
  /** Bins a volume (`fMRI_T`); default 16. */
  readonly microtimeResolution?: number;
  /** The bin of a volume, from 1, at which the responses are sampled (`fMRI_T0`); default 8. */
  readonly microtimeOnset?: number;
}

/** Bins before the first volume. */
const BINS_BEFORE = 32;

/**
 * How SPM turns events into columns (`spm_get_ons`, `spm_Volterra`, `spm_fMRI_design` of SPM12 and later): events fall
 * on bins of TR/16, are convolved there with the basis set, and sampled in one bin of each volume.
 *
 * What differs from nilearn's way, besides the kernels: a box of duration d covers round(d / bin) + 1 bins; events of
 * a condition all of whose durations are 0 have height 1 / bin, so that a condition's column does not depend on the
 * length of a bin; responses are sampled in the middle of the volume by default. SPM before version 8 counted onsets
 * from one bin later: its T0 of 1 is 2 here.
 */
export class SpmConvolver implements Convolver {
  readonly nTime: number;
  readonly nKernels: number;
  /** Seconds. */
  readonly #bin: number;
  readonly #resolution: number;
  /** The bin of the first volume's sample. */
  readonly #first: number;
  readonly #sums: readonly Float64Array[];

  /** @param tR seconds between volumes */
  constructor(nTime: number, tR: number, options: SpmConvolutionOptions = {}) {
    const { hrfModel = 'spm', microtimeResolution = 16, microtimeOnset = 8 } = options;
    if (microtimeOnset < 1 || microtimeOnset > microtimeResolution) {
      throw new RangeError(
        `A microtime onset of ${microtimeOnset} is not within 1 .. ${microtimeResolution}`,
      );
    }
    this.nTime = nTime;
    this.#resolution = microtimeResolution;
    this.#bin = tR / microtimeResolution;
    this.#first = microtimeOnset - 1 + BINS_BEFORE;
    const kernels = spmKernels(hrfModel, this.#bin, microtimeResolution, options);
    this.#sums = orthogonalKernels(kernels).map(runningSums);
    this.nKernels = this.#sums.length;
  }

  unitOf(events: readonly EventTiming[]): number {
    return events.every(({ duration }) => duration === 0) ? 1 / this.#bin : 1;
  }

  addEvent(
    out: Float64Array,
    column: number,
    stride: number,
    { onset, duration }: EventTiming,
    amplitude = 1,
    kernel = 0,
    unit = 1,
  ): void {
    const on = roundHalfAway(onset / this.#bin) + BINS_BEFORE;
    const off = Math.max(on + roundHalfAway(duration / this.#bin) + 1, 0);
    const from = Math.max(on, 0);
    const sums = this.#sums[kernel];
    const height = amplitude * unit;
    for (let i = 0; i < this.nTime; i++) {
      const at = this.#first + i * this.#resolution;
      if (at < from) continue;
      out[i * stride + column] += height * (runningSum(sums, at - from) - runningSum(sums, at - off));
    }
  }

  /** The regressors of one condition, each made orthogonal to those before it, as SPM does by default. */
  condition(events: readonly EventTiming[], amplitudes?: ArrayLike<number>): Matrix {
    const result = matrix(this.nTime, this.nKernels);
    const unit = this.unitOf(events);
    for (let kernel = 0; kernel < this.nKernels; kernel++) {
      events.forEach((event, i) => {
        this.addEvent(result.data, kernel, this.nKernels, event, amplitudes?.[i] ?? 1, kernel, unit);
      });
    }
    orthogonaliseInOrder(result);
    return result;
  }
}

/** `spm_orth` of the basis set. */
function orthogonalKernels(kernels: readonly Float64Array[]): Float64Array[] {
  const rows = Math.max(...kernels.map((kernel) => kernel.length));
  const together = matrix(rows, kernels.length);
  kernels.forEach((kernel, column) => {
    kernel.forEach((value, i) => {
      together.data[i * kernels.length + column] = value;
    });
  });
  orthogonaliseInOrder(together);
  return kernels.map((_, column) =>
    Float64Array.from({ length: rows }, (_, i) => together.data[i * kernels.length + column]),
  );
}

/** MATLAB's `round`. */
function roundHalfAway(x: number): number {
  return Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
}
