import type { NamedTensorMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './engine.ts';

/*
 * The parts of TensorFlow.js that its typings hide, as far as this folder leans on them.
 * They hold for the pinned 4.22; the tests of the tape and of the engines notice if one moves.
 */

/** One recorded operation. */
export interface TapeNode {
  readonly kernelName: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
  /** Copies kept for the backward pass; they belong to the tape. */
  readonly saved?: readonly Tensor[];
  readonly gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/** What `tf.engine()` returns. */
export interface EngineInternals {
  readonly state: {
    activeTape: TapeNode[] | null;
    readonly gradientDepth: number;
  };
  startTape(): void;
  endTape(): void;
  makeTensorFromTensorInfo(info: TensorInfo): Tensor;
}

export function engineInternals(tf: TensorFlow): EngineInternals {
  return tf.engine() as unknown as EngineInternals;
}
