import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';
import type { NdArray } from '../../math/nd-array.ts';
import { adamDefaults, checkAdamState, checkGradients } from '../adam-state.ts';
import type { Adam, AdamOptions, TensorFlow } from '../engine.ts';
import { engineInternals } from '../tfjs-internals.ts';
import { address, allocate, heapView } from './heap.ts';
import { simdKernels } from './simd.ts';

type Rates = Required<AdamOptions>;

/** Adam in one loop a variable: through tfjs's kernels each variable costs about a dozen calls. */
export function createWasmAdam(
  tf: TensorFlow,
  backend: BackendWasm,
  variables: readonly Variable[],
  options: AdamOptions = {},
): Adam {
  const settings: Rates = { ...adamDefaults, ...options };
  const zeros = () =>
    variables.map((variable) => {
      const moment = allocate(backend, variable.shape);
      heapView(backend, moment).fill(0);
      return moment;
    });
  const [first, second] = [zeros(), zeros()];
  let steps = 0;
  const copy = (moments: readonly TensorInfo[]): NdArray<Float32Array>[] =>
    moments.map((moment) => ({
      shape: [...moment.shape],
      data: Float32Array.from(heapView(backend, moment)),
    }));
  return {
    get steps() {
      return steps;
    },
    apply(gradients, learningRate = settings.learningRate) {
      checkGradients(variables, gradients);
      steps++;
      const { beta1, beta2 } = settings;
      const rates = {
        ...settings,
        learningRate: (learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps),
      };
      variables.forEach((variable, i) => {
        const output = allocate(backend, variable.shape);
        update(
          backend,
          { variable, output, gradient: gradients[i], first: first[i], second: second[i] },
          rates,
        );
        const updated = engineInternals(tf).makeTensorFromTensorInfo(output);
        variable.assign(updated);
        updated.dispose();
      });
    },
    state: async () => ({ steps, first: copy(first), second: copy(second) }),
    restore(state) {
      checkAdamState(variables, state);
      steps = state.steps;
      first.forEach((moment, i) => {
        heapView(backend, moment).set(state.first[i].data);
      });
      second.forEach((moment, i) => {
        heapView(backend, moment).set(state.second[i].data);
      });
    },
    dispose() {
      for (const moment of [...first.splice(0), ...second.splice(0)]) backend.disposeData(moment.dataId);
    },
  };
}

interface Slots {
  readonly variable: Variable;
  /** New memory: the old values may still be shared with tensors that a tape keeps. */
  readonly output: TensorInfo;
  readonly gradient: Tensor;
  readonly first: TensorInfo;
  readonly second: TensorInfo;
}

function update(backend: BackendWasm, slots: Slots, { beta1, beta2, learningRate, epsilon }: Rates): void {
  const inOrder = [slots.variable, slots.output, slots.gradient, slots.first, slots.second];
  const [variable, output, gradient, first, second] = inOrder.map((tensor) => address(backend, tensor));
  const vectorised = slots.variable.size - (slots.variable.size % 4);
  const [keep1, keep2] = [1 - beta1, 1 - beta2];
  const rates = [beta1, beta2, keep1, keep2, learningRate, epsilon] as const;
  simdKernels(backend).adam(variable, output, gradient, first, second, vectorised, ...rates);
  const [before, after, slope, m, v] = inOrder.map((tensor) => heapView(backend, tensor));
  for (let i = vectorised; i < after.length; i++) {
    m[i] = beta1 * m[i] + keep1 * slope[i];
    v[i] = beta2 * v[i] + keep2 * slope[i] ** 2;
    after[i] = before[i] - (learningRate * m[i]) / (Math.sqrt(v[i]) + epsilon);
  }
}
