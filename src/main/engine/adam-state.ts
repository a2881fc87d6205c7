import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { AdamOptions, AdamState } from './engine.ts';

export const adamDefaults: Required<AdamOptions> = {
  learningRate: 0.001,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
};

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
