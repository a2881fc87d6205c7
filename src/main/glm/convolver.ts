import { type ConvolutionOptions, type Convolver, EventConvolver } from './regressor.ts';
import { type SpmConvolutionOptions, SpmConvolver } from './spm-regressor.ts';

/** Whose way of building a design: they differ in timing, kernels and the height of events. */
export const designConventions = ['nilearn', 'spm'] as const;
export type DesignConvention = (typeof designConventions)[number];

export interface ConvolverOptions extends ConvolutionOptions, SpmConvolutionOptions {
  /** Default `nilearn`. */
  readonly convention?: DesignConvention;
}

/** @param frameTimes acquisition times in seconds, ascending, at least 2; SPM's way takes them as equally spaced from 0 */
export function createConvolver(frameTimes: ArrayLike<number>, options: ConvolverOptions = {}): Convolver {
  if (options.convention !== 'spm') return new EventConvolver(frameTimes, options);
  const n = frameTimes.length;
  return new SpmConvolver(n, (frameTimes[n - 1] - frameTimes[0]) / (n - 1), options);
}
