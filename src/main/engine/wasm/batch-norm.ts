import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { batchNormGradKernel, batchNormKernel } from '../batch-norm.ts';
import type { TensorFlow } from '../engine.ts';
import { columnsOf, Scratch } from './columns.ts';
import { address, allocate, heapView } from './heap.ts';
import { simdKernels } from './simd.ts';

type Named<K extends string> = Record<K, TensorInfo>;

export function registerBatchNormKernels(tf: TensorFlow): void {
  const register = (
    kernelName: string,
    run: (backend: BackendWasm, inputs: NamedTensorInfoMap, epsilon: number) => TensorInfo[],
  ) => {
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend }) =>
        run(backend as BackendWasm, inputs, (attrs as unknown as { epsilon: number }).epsilon),
    });
  };
  register(batchNormKernel, forward);
  register(batchNormGradKernel, backward);
}

/** Two passes: sums around the first row, so that large means cost no digits, and `y = x a + k`. */
function forward(backend: BackendWasm, inputs: NamedTensorInfoMap, epsilon: number): TensorInfo[] {
  const { x, scale, offset } = inputs as Named<'x' | 'scale' | 'offset'>;
  const channels = scale.shape[0];
  const outputs = [x.shape, [channels], [channels]].map((shape) => allocate(backend, shape));
  const kernels = simdKernels(backend);
  const columns = columnsOf(
    x.shape.reduce((product, size) => product * size, 1),
    channels,
  );
  const { rows, width, wideRows, rest, size } = columns;
  const scratch = new Scratch(backend, columns, 2);
  const [y, mean, variance] = outputs.map((output) => heapView(backend, output));
  const [values, scales, offsets] = [x, scale, offset].map((input) => heapView(backend, input));

  const shift = values.slice(0, channels);
  scratch.clearSums();
  scratch.setVector(0, (c) => shift[c]);
  kernels.moments(address(backend, x), scratch.vectorAddress(0), scratch.sumsAddress, wideRows, width);
  const [sums, squares] = scratch.takeSums();
  for (let i = rest; i < size; i++) {
    const difference = values[i] - shift[i % channels];
    sums[i % channels] += difference;
    squares[i % channels] += difference ** 2;
  }
  const [a, k] = [new Float32Array(channels), new Float32Array(channels)];
  for (let c = 0; c < channels; c++) {
    const meanShifted = sums[c] / rows;
    const spread = Math.max(0, squares[c] / rows - meanShifted ** 2);
    mean[c] = shift[c] + meanShifted;
    variance[c] = spread;
    a[c] = scales[c] / Math.sqrt(spread + epsilon);
    k[c] = offsets[c] - (shift[c] + meanShifted) * a[c];
  }
  scratch.setVector(0, (c) => a[c]);
  scratch.setVector(1, (c) => k[c]);
  kernels.affine(
    address(backend, x),
    scratch.vectorAddress(0),
    scratch.vectorAddress(1),
    address(backend, outputs[0]),
    wideRows,
    width,
  );
  for (let i = rest; i < size; i++) y[i] = values[i] * a[i % channels] + k[i % channels];
  scratch.dispose();
  return outputs;
}

/** `dx = scale / std (dy - mean(dy) - xHat mean(dy xHat))`, written as `a dy + b x + k` by channel. */
function backward(backend: BackendWasm, inputs: NamedTensorInfoMap, epsilon: number): TensorInfo[] {
  const { dy, x, scale, r0, r1 } = inputs as Named<'dy' | 'x' | 'scale' | 'r0' | 'r1'>;
  const channels = scale.shape[0];
  const outputs = [x.shape, [channels], [channels]].map((shape) => allocate(backend, shape));
  const kernels = simdKernels(backend);
  const columns = columnsOf(
    x.shape.reduce((product, size) => product * size, 1),
    channels,
  );
  const { rows, width, wideRows, rest, size } = columns;
  const scratch = new Scratch(backend, columns, 3);
  const [dx, dScale, dOffset] = outputs.map((output) => heapView(backend, output));
  const [slope, values, scales, mean, variance] = [dy, x, scale, r0, r1].map((input) =>
    heapView(backend, input),
  );
  const [dyAddress, xAddress] = [address(backend, dy), address(backend, x)];

  scratch.clearSums();
  scratch.setVector(0, (c) => mean[c]);
  kernels.products(dyAddress, xAddress, scratch.vectorAddress(0), scratch.sumsAddress, wideRows, width);
  const [sums, products] = scratch.takeSums();
  for (let i = rest; i < size; i++) {
    sums[i % channels] += slope[i];
    products[i % channels] += slope[i] * (values[i] - mean[i % channels]);
  }
  const [a, b, k] = Array.from({ length: 3 }, () => new Float32Array(channels));
  for (let c = 0; c < channels; c++) {
    const inverse = 1 / Math.sqrt(variance[c] + epsilon);
    dOffset[c] = sums[c];
    dScale[c] = products[c] * inverse;
    a[c] = scales[c] * inverse;
    b[c] = (-a[c] * inverse * inverse * products[c]) / rows;
    k[c] = (-a[c] * sums[c]) / rows - b[c] * mean[c];
  }
  for (const [i, vector] of [a, b, k].entries()) scratch.setVector(i, (c) => vector[c]);
  const [aAddress, bAddress, kAddress] = [0, 1, 2].map((i) => scratch.vectorAddress(i));
  kernels.affine2(
    dyAddress,
    xAddress,
    aAddress,
    bAddress,
    kAddress,
    address(backend, outputs[0]),
    wideRows,
    width,
  );
  for (let i = rest; i < size; i++) {
    const c = i % channels;
    dx[i] = slope[i] * a[c] + values[i] * b[c] + k[c];
  }
  scratch.dispose();
  return outputs;
}
