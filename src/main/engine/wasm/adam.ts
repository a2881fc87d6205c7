import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import {
  type AdamMoments,
  adamDefaults,
  checkGradients,
  copyMoments,
  restoredMoments,
  zeroMoments,
} from '../adam-state.ts';
import type { Adam, AdamOptions, AdamState, TensorFlow } from '../engine.ts';
import { engineInternals } from '../tfjs-internals.ts';
import { allocate, heapView } from './heap.ts';

/** Adam in one loop a variable: through tfjs's kernels each variable costs about a dozen calls. */
export function createWasmAdam(
  tf: TensorFlow,
  backend: BackendWasm,
  variables: readonly Variable[],
  options: AdamOptions = {},
): Adam {
  const settings = { ...adamDefaults, ...options };
  let moments = zeroMoments(variables);
  return {
    get steps() {
      return moments.steps;
    },
    apply(gradients, learningRate = settings.learningRate) {
      checkGradients(variables, gradients);
      moments.steps++;
      const rate =
        (learningRate * Math.sqrt(1 - settings.beta2 ** moments.steps)) /
        (1 - settings.beta1 ** moments.steps);
      variables.forEach((variable, i) => {
        update(tf, backend, variable, gradients[i], moments, i, { ...settings, rate });
      });
    },
    state: async () => copyMoments(variables, moments),
    restore(state: AdamState) {
      moments = restoredMoments(variables, state);
    },
    dispose() {
      moments = zeroMoments([]);
    },
  };
}

function update(
  tf: TensorFlow,
  backend: BackendWasm,
  variable: Variable,
  gradient: Tensor,
  moments: AdamMoments,
  index: number,
  settings: { beta1: number; beta2: number; epsilon: number; rate: number },
): void {
  // Into new memory: the old values may still be shared with tensors that a tape keeps.
  const output = allocate(backend, variable.shape);
  const after = heapView(backend, output);
  const before = heapView(backend, variable);
  const g = heapView(backend, gradient);
  const m = moments.first[index];
  const v = moments.second[index];
  const { beta1, beta2, epsilon, rate } = settings;
  const keep1 = 1 - beta1;
  const keep2 = 1 - beta2;
  for (let i = 0; i < after.length; i++) {
    const slope = g[i];
    const first = beta1 * m[i] + keep1 * slope;
    const second = beta2 * v[i] + keep2 * slope * slope;
    m[i] = first;
    v[i] = second;
    after[i] = before[i] - (rate * first) / (Math.sqrt(second) + epsilon);
  }
  const tensor = engineInternals(tf).makeTensorFromTensorInfo(output);
  variable.assign(tensor);
  tensor.dispose();
}
