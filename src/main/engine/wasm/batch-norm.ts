import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { batchNormGradKernel, batchNormKernel } from '../batch-norm.ts';
import type { TensorFlow } from '../engine.ts';
import { allocate, heapView } from './heap.ts';

/** Plain loops over the WebAssembly memory: composed of tfjs's kernels the same takes several times as long. */
export function registerBatchNormKernels(tf: TensorFlow): void {
  tf.registerKernel({
    kernelName: batchNormKernel,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      forward(backend as BackendWasm, inputs, (attrs as { epsilon?: number }).epsilon ?? 0),
  });
  tf.registerKernel({
    kernelName: batchNormGradKernel,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      backward(backend as BackendWasm, inputs, (attrs as { epsilon?: number }).epsilon ?? 0),
  });
}

function forward(backend: BackendWasm, inputs: NamedTensorInfoMap, epsilon: number): TensorInfo[] {
  const { x, scale, offset } = inputs as Record<'x' | 'scale' | 'offset', TensorInfo>;
  const channels = scale.shape[0];
  const outputs = [allocate(backend, x.shape), allocate(backend, [channels]), allocate(backend, [channels])];
  const [y, mean, variance] = outputs.map((output) => heapView(backend, output));
  const values = heapView(backend, x);
  const rows = values.length / channels;
  const sums = new Float64Array(channels);
  for (let i = 0; i < values.length; ) for (let c = 0; c < channels; c++, i++) sums[c] += values[i];
  const means = sums.map((sum) => sum / rows);
  sums.fill(0);
  for (let i = 0; i < values.length; ) {
    for (let c = 0; c < channels; c++, i++) {
      const difference = values[i] - means[c];
      sums[c] += difference * difference;
    }
  }
  mean.set(means);
  for (let c = 0; c < channels; c++) variance[c] = sums[c] / rows;
  // y = x * factor + shift
  const scales = heapView(backend, scale);
  const offsets = heapView(backend, offset);
  const factor = new Float32Array(channels);
  const shift = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    factor[c] = scales[c] / Math.sqrt(sums[c] / rows + epsilon);
    shift[c] = offsets[c] - means[c] * factor[c];
  }
  for (let i = 0; i < values.length; ) {
    for (let c = 0; c < channels; c++, i++) y[i] = values[i] * factor[c] + shift[c];
  }
  return outputs;
}

function backward(backend: BackendWasm, inputs: NamedTensorInfoMap, epsilon: number): TensorInfo[] {
  const { dy, x, scale, r0, r1 } = inputs as Record<'dy' | 'x' | 'scale' | 'r0' | 'r1', TensorInfo>;
  const channels = scale.shape[0];
  const outputs = [allocate(backend, x.shape), allocate(backend, [channels]), allocate(backend, [channels])];
  const [dx, dScale, dOffset] = outputs.map((output) => heapView(backend, output));
  const [gradient, values, scales, mean, variance] = [dy, x, scale, r0, r1].map((input) =>
    heapView(backend, input),
  );
  const rows = values.length / channels;
  const sumDy = new Float64Array(channels);
  const sumDyX = new Float64Array(channels);
  for (let i = 0; i < values.length; ) {
    for (let c = 0; c < channels; c++, i++) {
      const g = gradient[i];
      sumDy[c] += g;
      sumDyX[c] += g * (values[i] - mean[c]);
    }
  }
  // dx = scale / std * (dy - mean(dy) - xHat mean(dy xHat)), written as a dy + b x + k
  const a = new Float32Array(channels);
  const b = new Float32Array(channels);
  const k = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const inverse = 1 / Math.sqrt(variance[c] + epsilon);
    dOffset[c] = sumDy[c];
    dScale[c] = sumDyX[c] * inverse;
    a[c] = scales[c] * inverse;
    b[c] = (-scales[c] * inverse ** 3 * sumDyX[c]) / rows;
    k[c] = (-scales[c] * inverse * sumDy[c]) / rows - b[c] * mean[c];
  }
  for (let i = 0; i < values.length; ) {
    for (let c = 0; c < channels; c++, i++) dx[i] = gradient[i] * a[c] + values[i] * b[c] + k[c];
  }
  return outputs;
}
