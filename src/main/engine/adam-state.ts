import type { Tensor, Variable } from '@tensorflow/tfjs-core';
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

export function restoredMoments(variables: readonly Variable[], state: AdamState): AdamMoments {
  checkAdamState(variables, state);
  const copy = (arrays: readonly NdArray<Float32Array>[]) => arrays.map(({ data }) => data.slice());
  return { steps: state.steps, first: copy(state.first), second: copy(state.second) };
}

/** @throws RangeError if the state is of other variables */
export function checkAdamState(variables: readonly Variable[], state: AdamState): void {
  for (const arrays of [state.first, state.second]) {
    if (arrays.length !== variables.length) {
      throw new RangeError(`optimiser state of ${arrays.length} variables given for ${variables.length}`);
    }
    arrays.forEach(({ shape, data }, i) => {
      const { name, shape: expected, size } = variables[i];
      if (shape.join() !== expected.join() || data.length !== size) {
        throw new RangeError(`optimiser state ${i} has shape [${shape}], its variable ${name} [${expected}]`);
      }
    });
  }
}

/** @throws RangeError if the gradients are not those of the variables */
export function checkGradients(variables: readonly Variable[], gradients: readonly Tensor[]): void {
  if (gradients.length !== variables.length) {
    throw new RangeError(`${gradients.length} gradients given for ${variables.length} variables`);
  }
  gradients.forEach(({ shape }, i) => {
    if (shape.join() !== variables[i].shape.join()) {
      throw new RangeError(`gradient ${i} has shape [${shape}], its variable [${variables[i].shape}]`);
    }
  });
}
