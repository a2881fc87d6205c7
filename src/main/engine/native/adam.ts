import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { NdArray } from '../../math/nd-array.ts';
import { adamDefaults, checkAdamState, checkGradients } from '../adam-state.ts';
import type { Adam, AdamOptions, TensorFlow } from '../engine.ts';
import { attributes, type NodeBackend } from './backend.ts';
import { type Resource, ResourceStore } from './resources.ts';

/** A variable and its moments as TensorFlow's own resources. */
interface Slots {
  readonly value: Resource;
  readonly first: Resource;
  readonly second: Resource;
  /** TensorFlow's id of the tensor last shared with the tfjs variable: another means that it was assigned. */
  shared: number;
}

/** `ResourceApplyAdam`: one native call a variable, in place. */
export function createNativeAdam(
  tf: TensorFlow,
  backend: NodeBackend,
  variables: readonly Variable[],
  options: AdamOptions = {},
): Adam {
  const settings = { ...adamDefaults, ...options };
  const resources = new ResourceStore(backend);
  const slots = variables.map((variable): Slots => {
    const make = () => resources.create(variable.shape);
    const made = { value: make(), first: make(), second: make(), shared: -1 };
    tf.tidy(() => {
      made.first.assign(tf.zeros(variable.shape));
      made.second.assign(tf.zeros(variable.shape));
    });
    return made;
  });
  let steps = 0;
  const read = async (key: 'first' | 'second'): Promise<NdArray<Float32Array>[]> =>
    await Promise.all(
      slots.map(async (slot, i) => {
        const tensor = slot[key].read();
        const data = (await tensor.data<'float32'>()).slice();
        tensor.dispose();
        return { shape: [...variables[i].shape], data };
      }),
    );
  return {
    get steps() {
      return steps;
    },
    apply(gradients, learningRate = settings.learningRate) {
      checkGradients(variables, gradients);
      steps++;
      const { beta1, beta2, epsilon } = settings;
      tf.tidy(() => {
        const scalars = [beta1 ** steps, beta2 ** steps, learningRate, beta1, beta2, epsilon].map((value) =>
          tf.scalar(value),
        );
        variables.forEach((variable, i) => {
          update(backend, variable, slots[i], scalars, gradients[i]);
        });
      });
    },
    state: async () => ({ steps, first: await read('first'), second: await read('second') }),
    restore(state) {
      checkAdamState(variables, state);
      steps = state.steps;
      tf.tidy(() => {
        slots.forEach((slot, i) => {
          // A copy: the backend may keep looking at the array that a tensor was made of.
          slot.first.assign(tf.tensor(state.first[i].data.slice(), variables[i].shape));
          slot.second.assign(tf.tensor(state.second[i].data.slice(), variables[i].shape));
        });
      });
    },
    dispose() {
      resources.dispose();
      slots.length = 0;
    },
  };
}

function update(
  backend: NodeBackend,
  variable: Variable,
  slot: Slots,
  scalars: Tensor[],
  gradient: Tensor,
): void {
  const { binding } = backend;
  const [id] = backend.getInputTensorIds([variable]);
  if (id !== slot.shared) slot.value.assign(variable);
  const inputs = backend.getInputTensorIds([...scalars, gradient]);
  if (backend.refCount(variable.dataId) === 1) {
    // Nobody else looks at the old numbers: without this reference TensorFlow updates them in place.
    binding.deleteTensor(id);
    backend.tensorMap.get(variable.dataId).id = -1;
  }
  const { float32, bool } = attributes(binding);
  const handles = [slot.value, slot.first, slot.second].map((resource) => resource.handle);
  binding.executeOp(
    'ResourceApplyAdam',
    [float32('T'), bool('use_locking', false), bool('use_nesterov', false)],
    [...handles, ...inputs],
    0,
  );
  const updated = slot.value.read();
  slot.shared = backend.tensorMap.get(updated.dataId).id;
  variable.assign(updated);
  updated.dispose();
}
