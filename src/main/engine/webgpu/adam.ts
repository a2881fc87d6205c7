import type { Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';
import type { NdArray } from '../../math/nd-array.ts';
import { adamDefaults, checkAdamState, checkGradients } from '../adam-state.ts';
import type { Adam, AdamOptions, TensorFlow } from '../engine.ts';
import { engineInternals } from '../tfjs-internals.ts';
import { flatProgram, float, int, type WebGpuBackend } from './backend.ts';

type Rates = Required<AdamOptions>;

/** Two programs a variable: one moves its moments in place, one makes its new values from them. */
export function createWebGpuAdam(
  tf: TensorFlow,
  backend: WebGpuBackend,
  variables: readonly Variable[],
  options: AdamOptions = {},
): Adam {
  const settings: Rates = { ...adamDefaults, ...options };
  /** First moments, then second, of each variable: `[2, size]`. */
  const moments = variables.map(({ size }) => momentsOf(backend, new Float32Array(2 * size)));
  let steps = 0;
  const replace = (values: readonly Float32Array[]) => {
    for (const old of moments.splice(0)) backend.disposeData(old.dataId);
    moments.push(...values.map((value) => momentsOf(backend, value)));
  };
  return {
    get steps() {
      return steps;
    },
    apply(gradients, learningRate = settings.learningRate) {
      checkGradients(variables, gradients);
      steps++;
      const { beta1, beta2 } = settings;
      const corrected = (learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps);
      variables.forEach((variable, i) => {
        moveMoments(backend, moments[i], gradients[i], settings);
        const updated = step(tf, backend, variable, moments[i], { ...settings, learningRate: corrected });
        variable.assign(updated);
        updated.dispose();
      });
    },
    async state() {
      const values = await Promise.all(moments.map((moment) => readCopy(backend, moment)));
      const part = (from: number): NdArray<Float32Array>[] =>
        variables.map(({ shape, size }, i) => ({
          shape: [...shape],
          data: values[i].slice(from * size, (from + 1) * size),
        }));
      return { steps, first: part(0), second: part(1) };
    },
    restore(state) {
      checkAdamState(variables, state);
      steps = state.steps;
      replace(
        variables.map(({ size }, i) => {
          const both = new Float32Array(2 * size);
          both.set(state.first[i].data);
          both.set(state.second[i].data, size);
          return both;
        }),
      );
    },
    dispose: () => replace([]),
  };
}

function momentsOf(backend: WebGpuBackend, values: Float32Array): TensorInfo {
  return backend.makeTensorInfo([2, values.length / 2], 'float32', values);
}

function moveMoments(backend: WebGpuBackend, moments: TensorInfo, gradient: Tensor, rates: Rates): void {
  const count = gradient.size;
  const program = flatProgram({
    name: 'adam_moments',
    inputs: ['g'],
    outputShape: [2, count],
    count,
    uniforms: 'count : i32, beta1 : f32, beta2 : f32, keep1 : f32, keep2 : f32,',
    code: `
      fn main(i : i32) {
        if (i >= uniforms.count) { return; }
        let second = uniforms.count + i;
        result[i] = uniforms.beta1 * result[i] + uniforms.keep1 * g[i];
        result[second] = uniforms.beta2 * result[second] + uniforms.keep2 * g[i] * g[i];
      }`,
  });
  const { beta1, beta2 } = rates;
  const uniforms = [int(count), float(beta1), float(beta2), float(1 - beta1), float(1 - beta2)];
  backend.runWebGPUProgram(program, [gradient], 'float32', uniforms, moments);
}

/** New memory: the old values may still be shared with tensors that a tape keeps. */
function step(
  tf: TensorFlow,
  backend: WebGpuBackend,
  variable: Variable,
  moments: TensorInfo,
  { learningRate, epsilon }: Rates,
): Tensor {
  const program = flatProgram({
    name: 'adam_step',
    inputs: ['x', 'moments'],
    outputShape: variable.shape,
    count: variable.size,
    uniforms: 'count : i32, rate : f32, epsilon : f32,',
    code: `
      fn main(i : i32) {
        if (i >= uniforms.count) { return; }
        let second = moments[uniforms.count + i];
        result[i] = x[i] - uniforms.rate * moments[i] / (sqrt(second) + uniforms.epsilon);
      }`,
  });
  const uniforms = [int(variable.size), float(learningRate), float(epsilon)];
  const output = backend.runWebGPUProgram(program, [variable, moments], 'float32', uniforms);
  return engineInternals(tf).makeTensorFromTensorInfo(output);
}

/** Of a copy: the backend remembers what was read of a tensor, and these are changed in place. */
async function readCopy(backend: WebGpuBackend, moments: TensorInfo): Promise<Float32Array> {
  const count = moments.shape[0] * moments.shape[1];
  const program = flatProgram({
    name: 'copy',
    inputs: ['x'],
    outputShape: moments.shape,
    count,
    uniforms: 'count : i32,',
    code: 'fn main(i : i32) { if (i < uniforms.count) { result[i] = x[i]; } }',
  });
  const copy = backend.runWebGPUProgram(program, [moments], 'float32', [int(count)]);
  try {
    return await backend.read(copy.dataId);
  } finally {
    backend.disposeData(copy.dataId);
  }
}
