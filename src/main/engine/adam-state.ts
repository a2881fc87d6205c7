import type { Variable } from '@tensorflow/tfjs-core';
import type { NdArray } from '../math/nd-array.ts';
import type { AdamOptions, AdamState } from './engine.ts';

export const adamDefaults: Required<AdamOptions> = {
  learningRate: 0.001,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
};

/** An optimiser's moments in JavaScript's memory, in the order of its variables. */
export interface AdamMoments {
  steps: number;
  readonly first: readonly Float32Array[];
  readonly second: readonly Float32Array[];
}

export function zeroMoments(variables: readonly Variable[]): AdamMoments {
  const zeros = () => variables.map((variable) => new Float32Array(variable.size));
  return { steps: 0, first: zeros(), second: zeros() };
}

export function copyMoments(variables: readonly Variable[], moments: AdamMoments): AdamState {
  const copy = (arrays: readonly Float32Array[]): NdArray<Float32Array>[] =>
    arrays.map((data, i) => ({ shape: [...variables[i].shape], data: data.slice() }));
  return { steps: moments.steps, first: copy(moments.first), second: copy(moments.second) };
}

/** @throws RangeError if the state is of other variables. */
export function restoredMoments(variables: readonly Variable[], state: AdamState): AdamMoments {
  const copy = (arrays: readonly NdArray<Float32Array>[]): Float32Array[] => {
    if (arrays.length !== variables.length) {
      throw new RangeError(`optimiser state of ${arrays.length} variables given for ${variables.length}`);
    }
    return arrays.map(({ shape, data }, i) => {
      if (shape.join() !== variables[i].shape.join() || data.length !== variables[i].size) {
        throw new RangeError(
          `optimiser state ${i} has shape [${shape}], its variable ${variables[i].name} [${variables[i].shape}]`,
        );
      }
      return data.slice();
    });
  };
  return { steps: state.steps, first: copy(state.first), second: copy(state.second) };
}
