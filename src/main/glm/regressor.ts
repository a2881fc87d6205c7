import type { Matrix } from '../math/matrix.ts';
import { matrix } from '../math/matrix.ts';
import { type HrfModel, type HrfOptions, hrfKernels, roundHalfToEven } from './hrf.ts';

/** When something happened, in seconds from the run's first volume. A duration of 0 is an impulse (one sample). */
export interface EventTiming {
  readonly onset: number;
  readonly duration: number;
}

/** Turns events into columns for one run. */
export interface Convolver {
  readonly nTime: number;
  /** Columns a condition: 1, 2 or 3 with derivatives, one a delay of an FIR model. */
  readonly nKernels: number;
  /**
   * Adds the response to one event, times `amplitude`, to a column of [nTime, stride].
   * @param unit what an impulse of this condition's events counts; see `unitOf`
   */
  addEvent(
    out: Float64Array,
    column: number,
    stride: number,
    event: EventTiming,
    amplitude?: number,
    kernel?: number,
    unit?: number,
  ): void;
  /** The height of a condition's boxes: 1, but for SPM's events without duration. */
  unitOf(events: readonly EventTiming[]): number;
  /** The regressors of one condition: [nTime, nKernels]. */
  condition(events: readonly EventTiming[], amplitudes?: ArrayLike<number>): Matrix;
}

export interface ConvolutionOptions extends HrfOptions {
  /** Default `spm`. */
  readonly hrfModel?: HrfModel;
  /** Samples per volume on which events are convolved; default 50. */
  readonly oversampling?: number;
  /** How many seconds before the first volume the fine time axis starts (a negative number); default -24. */
  readonly minOnset?: number;
}

/**
 * How events turn into columns for one run: nilearn's `compute_regressor`, with the fine time axis, the kernels and
 * the interpolation made once.
 *
 * The convolution of a box from sample `on` to `off` with a kernel is a difference of two stretches of the kernel's
 * running sum: nothing is convolved, and only the samples next to volumes are computed.
 */
export class EventConvolver implements Convolver {
  readonly nTime: number;
  readonly nKernels: number;
  readonly #fineTimes: Float64Array;
  /** [nTime]: the volume lies between fine samples `below` and `below + 1` ... */
  readonly #below: Int32Array;
  /** ... this far on, 0..1. */
  readonly #fraction: Float64Array;
  /** Running sums of the kernels. */
  readonly #sums: readonly Float64Array[];
  /** Samples by which a delay of an FIR model is read ahead, and whether columns of a condition are made orthogonal. */
  readonly #lead: number;
  readonly #orthogonal: boolean;

  /**
   * @param frameTimes acquisition times in seconds, ascending, at least 2
   */
  constructor(frameTimes: ArrayLike<number>, options: ConvolutionOptions = {}) {
    const { hrfModel = 'spm', oversampling = 50, minOnset = -24 } = options;
    const n = frameTimes.length;
    const first = frameTimes[0];
    const last = frameTimes[n - 1];
    let tR = Number.POSITIVE_INFINITY;
    for (let i = 1; i < n; i++) tR = Math.min(tR, frameTimes[i] - frameTimes[i - 1]);
    // nilearn's arithmetic, in its order: the grid decides onto which sample an onset falls.
    const end = last * (1 + 1 / (n - 1));
    const perSecond = (n - 1) / (last - first);
    const nFine = roundHalfToEven(perSecond * (end - first - minOnset) * oversampling + 1);
    const start = first + minOnset;
    const step = (end - start) / (nFine - 1);
    this.nTime = n;
    this.#fineTimes = Float64Array.from({ length: nFine }, (_, i) => i * step + start);
    this.#fineTimes[nFine - 1] = end;
    this.#below = new Int32Array(n);
    this.#fraction = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const above = Math.min(Math.max(1, searchSorted(this.#fineTimes, frameTimes[i])), nFine - 1);
      const t0 = this.#fineTimes[above - 1];
      this.#below[i] = above - 1;
      this.#fraction[i] = (frameTimes[i] - t0) / (this.#fineTimes[above] - t0);
    }
    this.#sums = hrfKernels(hrfModel, tR, oversampling, options).map(runningSums);
    this.nKernels = this.#sums.length;
    // nilearn reads an FIR model's boxes one volume less a sample ahead, and leaves them as they are.
    this.#lead = hrfModel === 'fir' ? oversampling - 1 : 0;
    this.#orthogonal = hrfModel !== 'fir';
  }

  /** Adds the response to one event, times `amplitude`, to a column of [nTime, stride]. */
  addEvent(
    out: Float64Array,
    column: number,
    stride: number,
    event: EventTiming,
    amplitude = 1,
    kernel = 0,
  ): void {
    const last = this.#fineTimes.length - 1;
    const on = Math.min(searchSorted(this.#fineTimes, event.onset), last);
    let off = Math.min(searchSorted(this.#fineTimes, event.onset + event.duration), last);
    // An event shorter than a sample lasts one sample.
    if (off < last && off === on) off++;
    const sums = this.#sums[kernel];
    for (let i = 0; i < this.nTime; i++) {
      const below = this.#below[i] + this.#lead;
      const fraction = this.#fraction[i];
      if (below + 1 < on) continue;
      const v0 = runningSum(sums, below - on) - runningSum(sums, below - off);
      const v1 = runningSum(sums, below + 1 - on) - runningSum(sums, below + 1 - off);
      out[i * stride + column] += amplitude * (v0 + fraction * (v1 - v0));
    }
  }

  unitOf(): number {
    return 1;
  }

  /**
   * The regressors of one condition: [nTime, nKernels]. Each derivative is made orthogonal to the columns before it,
   * as nilearn does.
   * @param amplitudes one an event; default 1
   */
  condition(events: readonly EventTiming[], amplitudes?: ArrayLike<number>): Matrix {
    const result = matrix(this.nTime, this.nKernels);
    for (let kernel = 0; kernel < this.nKernels; kernel++) {
      events.forEach((event, i) => {
        this.addEvent(result.data, kernel, this.nKernels, event, amplitudes?.[i] ?? 1, kernel);
      });
    }
    if (this.#orthogonal) orthogonaliseInOrder(result);
    return result;
  }
}

/** One condition's regressors by nilearn's `compute_regressor`, [nTime, 1 or 2]: see EventConvolver. */
export function computeRegressor(
  events: readonly EventTiming[],
  frameTimes: ArrayLike<number>,
  options: ConvolutionOptions & { readonly amplitudes?: ArrayLike<number> } = {},
): Matrix {
  return new EventConvolver(frameTimes, options).condition(events, options.amplitudes);
}

/** The sum of a kernel's samples up to each. */
export function runningSums(kernel: Float64Array): Float64Array {
  let sum = 0;
  return kernel.map((value) => {
    sum += value;
    return sum;
  });
}

/** The running sum at an index that may lie before the kernel or behind it. */
export function runningSum(sums: Float64Array, index: number): number {
  if (index < 0) return 0;
  return sums[index < sums.length ? index : sums.length - 1];
}

/** Makes every column orthogonal to those before it (nilearn's `orthogonalize`, SPM's `spm_orth`). */
export function orthogonaliseInOrder({ rows, cols, data }: Matrix): void {
  for (let column = 1; column < cols; column++) {
    for (let before = 0; before < column; before++) {
      let product = 0;
      let length = 0;
      for (let i = 0; i < rows; i++) {
        product += data[i * cols + before] * data[i * cols + column];
        length += data[i * cols + before] * data[i * cols + before];
      }
      if (length === 0) continue;
      for (let i = 0; i < rows; i++) data[i * cols + column] -= (product / length) * data[i * cols + before];
    }
  }
}

/** The first index whose value is not below x (numpy's `searchsorted`). */
function searchSorted(values: Float64Array, x: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
