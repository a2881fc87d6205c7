import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { JsonObject } from '../../shared/json.ts';
import type { Matrix } from '../math/matrix.ts';
import type { NdArray } from '../math/nd-array.ts';

export type EngineKind = 'native' | 'webgpu' | 'wasm';
/** What factors are rounded to before they are multiplied. */
export type Precision = 'float32' | 'bfloat16';
export type TensorFlow = typeof import('@tensorflow/tfjs-core');

/** An `integrated gpu` shares the processor's memory; a `software gpu` is one that the processor pretends to be. */
export type Processor = 'cpu' | 'gpu' | 'integrated gpu' | 'software gpu';

export interface EngineInfo {
  readonly kind: EngineKind;
  /** What computes, in words: `TensorFlow on the CPU`, `WebAssembly with SIMD`. */
  readonly device: string;
  readonly processor: Processor;
  /** Version of the library behind the engine. */
  readonly version: string;
  /** Threads it computes on; null where the library decides by itself. */
  readonly threads: number | null;
  /** The bound on its memory that is known beforehand; null where the library tells none. */
  readonly memory: { readonly bytes: number; readonly what: string } | null;
  /** What else there is to know of the device, such as an adapter's limits. */
  readonly details?: JsonObject;
}

/**
 * A place to compute. All engines run the same tensor programs, written with `tf`; what an engine does
 * better than composed operations stands beside it here. One engine is open at a time in a thread.
 */
export interface Engine {
  readonly info: EngineInfo;
  readonly tf: TensorFlow;
  /**
   * Training batch normalisation over all axes but the last: `y = (x - mean) / sqrt(variance + epsilon) * scale + offset`.
   *
   * @param x float32, `[..., channels]`
   * @param scale float32, `[channels]`
   * @param offset float32, `[channels]`
   * @returns `y`, differentiable with respect to x, scale and offset, and the batch's mean and biased variance
   *   per channel, for moving averages: no gradient flows through these two.
   */
  batchNorm(
    x: Tensor,
    scale: Tensor1D,
    offset: Tensor1D,
    epsilon: number,
  ): { y: Tensor; mean: Tensor1D; variance: Tensor1D };
  /** An Adam optimiser for these variables, its moments at zero. */
  adam(variables: readonly Variable[], options?: AdamOptions): Adam;
  /**
   * Does work with the factors of convolutions, and of their gradients, rounded. Sums, weights and all else stay float32.
   *
   * @throws FusiformError ENGINE_PRECISION_UNSUPPORTED for another than float32, where engine or processor has none
   */
  withPrecision<T>(precision: Precision, work: () => Promise<T>): Promise<T>;
  /** Sums of tensors of one shape, float32, that stay on the engine and are added to in place where it can. */
  accumulator(shape: readonly number[]): Accumulator;
  /** `x'x` in float64, which tensors are not: [cols, cols]. */
  gram(x: Matrix): Matrix;
  memory(): { tensors: number; bytes: number };
  dispose(): Promise<void>;
}

export interface Accumulator {
  /** Adds a tensor, which is left to the caller to dispose and to change no more. */
  add(tensor: Tensor): void;
  /** A copy of the sums; null where nothing was added. */
  read(): Promise<Float32Array | null>;
  dispose(): void;
}

export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the first moment, default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7, added to the square root of the uncorrected second moment as in TensorFlow. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015), in the form of TensorFlow's `ApplyAdam`:
 * `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`,
 * `x = x - rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)`.
 */
export interface Adam {
  /** Updates applied so far. */
  readonly steps: number;
  /** One update; `gradients` in the order of the variables, left to the caller to dispose. */
  apply(gradients: readonly Tensor[], learningRate?: number): void;
  /** A copy of the moments, in the order of the variables. */
  state(): Promise<AdamState>;
  restore(state: AdamState): void;
  dispose(): void;
}

export interface AdamState {
  readonly steps: number;
  readonly first: readonly NdArray<Float32Array>[];
  readonly second: readonly NdArray<Float32Array>[];
}
